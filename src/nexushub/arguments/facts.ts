/** The schemas of the plain data that this entry's pure functions take. It may have more members than a function reads. */
import { z } from "zod";
import type { StoredManifest } from "../../archive/format/manifest.ts";
import {
  count,
  environment,
  flag,
  list,
  oneOf,
  text,
  texts,
} from "../../arguments/option-types.ts";
import type { DrillReport } from "../../drill/report.ts";
import type { BackupMetrics } from "../backup/metrics.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import type {
  ComposeFacts,
  ContainerFacts,
  DeploymentFacts,
  FileFacts,
} from "../deployment/facts.ts";
import type { DetectedDeployment } from "../deployment/open-deployment.ts";
import type { PeerConfigFacts } from "../drill/peer-config.ts";
import type { RestorePreview, TargetSession } from "../restore/target-preview.ts";
import type { RetentionCandidate } from "../retention/candidate.ts";
import { date, number } from "./value-types.ts";

/** A type for each member. The compiler refuses one that lacks a member, or takes values that it does not have. */
type MemberTypes<Facts> = { readonly [Name in keyof Facts]-?: z.ZodType<Facts[Name]> };

function facts<Facts extends object>(members: MemberTypes<Facts>, what: string) {
  return z.looseObject(members, { error: what }) as unknown as z.ZodType<Facts>;
}

const optionalText = text.nullable();
const textsByName = z.record(z.string(), text, { error: "an object of texts" });

export const detectedKey = facts<DetectedKey>(
  { value: text, from: text },
  "the key that findKey or openDeployment returned",
);

export const detectedDeployment = facts<DetectedDeployment>(
  {
    shape: oneOf(["url", "environment", "compose", "bare-metal"]),
    composeFile: optionalText,
  },
  "what openDeployment returned",
);

const file = facts<FileFacts>(
  { path: text, text: optionalText, problem: optionalText },
  "an object with path, text and problem",
);

const container = facts<ContainerFacts>(
  {
    id: text,
    name: text,
    status: text,
    env: textsByName,
    addresses: texts,
    published: list(
      z.looseObject({ host: text, port: count }, "an object with host and port"),
      "objects with host and port",
    ),
  },
  "the facts of a container",
);

const compose = facts<ComposeFacts>(
  {
    path: text,
    exists: flag,
    container: container.nullable(),
    problem: optionalText,
    apiEnv: textsByName.nullable(),
    envFile: file.nullable(),
  },
  "the facts of a compose file",
);

export const deploymentFacts = facts<DeploymentFacts>(
  {
    databaseUrl: text.optional(),
    env: environment,
    only: oneOf(["compose", "env-file"]).optional(),
    compose: list(compose, "the facts of compose files"),
    envFile: file,
  },
  "the facts of a host: an object with env, compose and envFile",
);

export const candidates = list(
  facts<RetentionCandidate>(
    {
      name: text,
      at: date,
      isRecorded: flag,
      isVerified: flag,
      database: optionalText,
      isSigned: flag.optional(),
      sha256: optionalText.optional(),
      isDifferential: flag.optional(),
      base: optionalText.optional(),
      isDamaged: flag.optional(),
      isDrilled: flag.optional(),
      heldUntil: date.nullable().optional(),
    },
    "an object with name, at, isRecorded, isVerified and database",
  ),
  "backups",
);

export const backupMetrics = facts<BackupMetrics>(
  {
    at: date,
    ok: flag,
    success: facts<NonNullable<BackupMetrics["success"]>>(
      {
        at: date,
        elapsedMs: number,
        archiveBytes: number,
        rows: number,
        keyFits: flag.nullable(),
      },
      "an object with at, elapsedMs, archiveBytes, rows and keyFits, or null",
    ).nullable(),
    failures: count,
    archives: count,
    startedAt: date.optional(),
    warnings: count.optional(),
    freeBytes: number.nullable().optional(),
    oldestVerifiedAt: date.nullable().optional(),
  },
  "an object with at, ok, success, failures and archives",
);

export const peerConfigFacts = facts<PeerConfigFacts>(
  {
    privateKey: optionalText,
    assignedIp: text,
    peerDns: texts,
    interfaceDns: texts,
    interfacePublicKey: text,
    presharedKey: optionalText,
    clientAllowedIps: texts,
    interfaceNetwork: text,
    peerEndpoint: optionalText,
    interfaceEndpoint: optionalText,
    listenPort: count,
    serverEndpoint: optionalText,
    persistentKeepalive: count,
  },
  "the facts of a peer's configuration",
);

const session = facts<TargetSession>(
  { pid: count, user: text, application: text, address: optionalText, state: text },
  "another session of the database",
);

export const restorePreview = facts<RestorePreview>(
  {
    label: text,
    database: text,
    tables: count,
    changed: texts.nullable(),
    rows: number,
    rowsAreEstimated: flag,
    newestAudit: optionalText,
    sessions: list(session, "other sessions"),
  },
  "what previewRestore returned",
);

/** The members that a record of the drill is made of. */
export const drillReport = z.looseObject(
  {
    ok: flag,
    startedAt: text,
    archive: optionalText,
    archiveSha256: optionalText,
    target: optionalText,
    plainRole: flag,
    restoreMs: number.nullable(),
    recoveryPoint: optionalText,
    probes: list(
      z.looseObject(
        { id: text, status: oneOf(["passed", "failed", "not-run"]) },
        "the result of a probe",
      ),
      "results of probes",
    ),
  } satisfies Partial<Record<keyof DrillReport, z.ZodType>>,
  { error: "the report that a drill returned" },
) as unknown as z.ZodType<DrillReport>;

/** Manifests are checked when they are read. */
export function manifest<Format extends StoredManifest>() {
  return z.custom<Format>((value) => {
    const { format, relations, key } = (value ?? {}) as Partial<StoredManifest>;
    return typeof format === "number" && Array.isArray(relations) && typeof key === "object";
  }, "the manifest of an archive");
}
