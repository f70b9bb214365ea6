/** What each function of the entry nexushub takes: right values of all arguments and options. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seal, TEST_KEY } from "../../../src/nexushub/index.ts";
import { URL_TEXT } from "./wrong-values.ts";

export interface Parameter {
  /** A right value. */
  readonly value: unknown;
  /** Its wrong values are those of this kind. */
  readonly kind?: "database" | "archive" | "target" | "folder" | "file";
  readonly canMiss?: boolean;
  readonly canBeNull?: boolean;
  /** More wrong values. */
  readonly wrong?: readonly unknown[];
  /** Members of an object that must have their types. */
  readonly checkedMembers?: "all" | readonly string[];
}

interface Signature {
  readonly parameters: readonly Parameter[];
  /** The code of the error that right arguments end with. Default: none. */
  readonly fails?: string;
  /** Right values of all options. */
  readonly options?: {
    readonly values: Readonly<Record<string, unknown>>;
    readonly required?: readonly string[];
  };
}

const NONE = join(tmpdir(), "nexushub-dump-no-such-folder");
const folder: Parameter = { kind: "folder", value: NONE };
const file: Parameter = { kind: "file", value: join(NONE, "nexushub-20260101T000000Z.tar.gz") };
const archive: Parameter = { kind: "archive", value: file.value };
const target: Parameter = { kind: "target", value: file.value };
const database: Parameter = { kind: "database", value: URL_TEXT };
const text: Parameter = { value: "text" };
const KEY_TEXT = TEST_KEY.toString("base64");
const key: Parameter = {
  value: TEST_KEY,
  wrong: [KEY_TEXT, TEST_KEY.subarray(1), Buffer.alloc(33)],
};
const SEALED = seal("wg_peers.private_key", TEST_KEY, Buffer.from("x"));
const bytes: Parameter = { value: Buffer.alloc(32), wrong: ["text"] };
const time: Parameter = { value: new Date(0), wrong: [new Date(NaN), "2026-01-01", 5] };
const column: Parameter = { value: "wg_peers.private_key", wrong: ["wg_peers.name", ""] };

const flag = true;
const signal = new AbortController().signal;
const call = (): undefined => undefined;
const clock = (): Date => new Date();
const now = new Date();
const identities = { identities: ["x"], identityFiles: ["x"], passphrase: "x", allowPlain: true };
const retention = {
  keep: 1,
  keepWithinMs: 1,
  keepDays: 1,
  keepHourly: 1,
  keepDaily: 1,
  keepWeekly: 1,
  keepMonthly: 1,
  keepYearly: 1,
  keepDrilled: 1,
};
const signKey = { id: "x", key: {}, privateKey: {} };
const verifyKeys = [{ id: "x", key: {} }];
const env = { A: "a", B: undefined };
const texts = ["a"];

const deploymentOptions = {
  databaseUrl: "postgresql://u@127.0.0.1:1/db",
  envFile: "a",
  composeFile: "a",
  env,
  cwd: "a",
  signal,
};
const copyOptions = { identities, signal, onProgress: call, onArchive: call, now: clock };
const listOptions = { retention, identities, now, signal };
const probeOptions = {
  key: TEST_KEY,
  peer: "a",
  reveal: flag,
  wgEndpoint: null,
  maxAuditAgeMs: 1,
  now,
};
const kindOptions = {
  noComments: flag,
  noPublications: flag,
  noSubscriptions: flag,
  noPolicies: flag,
  noSecurityLabels: flag,
  noLargeObjects: flag,
};
const dumpOptions = {
  ...kindOptions,
  schemas: texts,
  excludeSchemas: texts,
  tables: texts,
  excludeTables: texts,
  excludeTableData: texts,
  tablesAndChildren: texts,
  excludeTablesAndChildren: texts,
  excludeTableDataAndChildren: texts,
  extensions: texts,
  excludeExtensions: texts,
  noUnloggedTableData: flag,
  strictNames: flag,
  searchPath: texts,
  schemaOnly: flag,
  dataOnly: flag,
  sections: ["data"],
  purpose: "fixture",
  where: { a: "b" },
  mask: { "users.email": "@email" },
  masksFrom: call,
  maskKey: "a",
  sample: { a: "1%" },
  role: "a",
  snapshot: "a",
  enableRowSecurity: flag,
  jobs: 1,
  owner: flag,
  privileges: flag,
  roles: flag,
  rolePasswords: flag,
  includeForeignData: texts,
  statistics: flag,
  compression: "gzip:6",
  reproducible: flag,
  partBytes: 1,
  units: flag,
  unitBlocks: 1,
  reuse: "a",
  base: "a",
  skipUnsupported: flag,
  lockTimeoutMs: 1,
  noTablespaces: flag,
  noTableAccessMethod: flag,
  noToastCompression: flag,
  userMappingSecrets: flag,
  databaseProperties: flag,
  loadViaPartitionRoot: flag,
  allowNewerServer: flag,
  seal: call,
  signKey,
  signal,
  onProgress: call,
};
const allowed = { allowKeyMismatch: flag, allowUnkeyed: flag, allowFixture: flag };

const detectedKey: Parameter = {
  value: { value: KEY_TEXT, from: "a test" },
  canBeNull: true,
  checkedMembers: "all",
  wrong: [KEY_TEXT, TEST_KEY, {}],
};
const deployment: Parameter = {
  value: { shape: "compose", composeFile: "a.yml" },
  canBeNull: true,
  checkedMembers: "all",
  wrong: [{}, { shape: "kubernetes", composeFile: null }],
};
const preview: Parameter = {
  value: {
    label: "a",
    database: "a",
    tables: 1,
    changed: ["a"],
    rows: 1,
    rowsAreEstimated: false,
    newestAudit: null,
    sessions: [],
  },
  checkedMembers: "all",
  wrong: [{}, "a"],
};
const metrics: Parameter = {
  value: {
    at: now,
    ok: true,
    success: { at: now, elapsedMs: 1.5, archiveBytes: 1, rows: 1, keyFits: null },
    failures: 0,
    archives: 1,
    startedAt: now,
    warnings: 0,
    freeBytes: null,
    oldestVerifiedAt: null,
  },
  checkedMembers: "all",
  wrong: [{}, now],
};
const manifest: Parameter = {
  value: { format: 2, relations: [], key: null },
  wrong: [{}, "a", { format: 2 }],
};
const command: Parameter = { value: ["/usr/bin/nexushub-dump", "backup"], wrong: [[], "backup"] };
const fileFacts = { path: "a", text: "A=1", problem: null };

export const SIGNATURES: Readonly<Record<string, Signature>> = {
  backup: {
    parameters: [],
    options: {
      values: {
        ...deploymentOptions,
        folder: "a",
        retention,
        copyTo: "s3://bucket/prefix",
        copyRetention: {},
        onCopy: call,
        encryptTo: { recipients: ["x"], recipientFiles: ["x"], passphrase: "x" },
        signKey,
        verifyKeys,
        compression: "gzip:6",
        jobs: 1,
        roles: flag,
        prove: flag,
        into: "postgresql://u@h/d",
        reuse: flag,
        differential: flag,
        fullEveryMs: 1.5,
        identities,
        metricsFile: "a",
        dryRun: flag,
        now: clock,
        onProgress: call,
      },
    },
  },
  copyArchive: { parameters: [file, file], options: { values: copyOptions } },
  copyBackups: { parameters: [folder, folder], options: { values: { ...copyOptions, newest: 1 } } },
  defaultFolder: { parameters: [{ value: "/none", canMiss: true, wrong: [URL_TEXT, ""] }] },
  backupName: { parameters: [time, { value: "tar.gz.age", wrong: ["zip", ".tar", ""] }] },
  parseBackupName: { parameters: [text] },
  decideDeployment: {
    parameters: [
      {
        value: {
          databaseUrl: "postgresql://u@127.0.0.1:1/db",
          env,
          only: undefined,
          compose: [
            {
              path: "a",
              exists: true,
              container: {
                id: "a",
                name: "a",
                status: "running",
                env: { A: "a" },
                addresses: ["127.0.0.1"],
                published: [{ host: "127.0.0.1", port: 5432 }],
              },
              problem: null,
              apiEnv: null,
              envFile: fileFacts,
            },
          ],
          envFile: fileFacts,
        },
        checkedMembers: "all",
        wrong: [{}, "a"],
      },
    ],
  },
  doctor: {
    parameters: [],
    options: {
      values: { ...deploymentOptions, folder: "a", maxDrillAgeMs: 1, now },
      required: ["folder"],
    },
  },
  chooseBackup: {
    parameters: [
      { kind: "file", value: import.meta.filename },
      { ...time, canMiss: true },
    ],
  },
  nexusHubDrill: {
    parameters: [file],
    options: {
      values: {
        ...probeOptions,
        into: "postgresql://u@127.0.0.1:1/db",
        asPlainRole: flag,
        signal,
        onProgress: call,
        onProbe: call,
        decrypt: identities,
        allowPlain: flag,
        verifyKeys,
      },
    },
  },
  parseEnvFile: {
    parameters: [text, { value: "compose", canMiss: true, wrong: ["docker", 5] }],
  },
  checkKey: { parameters: [manifest, key] },
  fingerprintKey: { parameters: [key, { value: "00ff", canMiss: true, wrong: ["0", "xx", ""] }] },
  sealManifest: { parameters: [manifest, key] },
  dumpForCi: { parameters: [database, target], options: { values: dumpOptions } },
  renderMetrics: { parameters: [metrics] },
  writeMetrics: { parameters: [file, metrics], fails: "OUTPUT" },
  findKey: { parameters: [], options: { values: deploymentOptions } },
  openDeployment: { parameters: [], options: { values: deploymentOptions } },
  redactConfig: { parameters: [text] },
  renderPeerConfig: {
    parameters: [
      {
        value: {
          privateKey: null,
          assignedIp: "10.0.0.2",
          peerDns: [],
          interfaceDns: ["10.0.0.1"],
          interfacePublicKey: "a",
          presharedKey: null,
          clientAllowedIps: [],
          interfaceNetwork: "10.0.0.0/24",
          peerEndpoint: null,
          interfaceEndpoint: null,
          listenPort: 51820,
          serverEndpoint: "vpn.example.org",
          persistentKeepalive: 0,
        },
        checkedMembers: "all",
        wrong: [{}],
      },
    ],
  },
  nexusHubProbes: { parameters: [], options: { values: probeOptions } },
  unlock: { parameters: [folder], options: { values: { force: flag } } },
  prune: {
    parameters: [folder],
    options: {
      values: { retention, dryRun: flag, adopt: flag, verifyKeys, identities, now, signal },
    },
  },
  guardRestore: {
    parameters: [archive, detectedKey],
    options: { values: { ...allowed, target: { host: "h", database: "d" }, env, signal } },
  },
  afterRestore: { parameters: [deployment] },
  previewRestore: {
    parameters: [database],
    options: { values: { tables: [{ namespace: "public", name: "a" }], signal } },
  },
  previewText: { parameters: [preview] },
  refuseWhileConnected: { parameters: [preview, deployment] },
  decideRetention: {
    parameters: [
      {
        value: [
          {
            name: "a",
            at: now,
            isRecorded: true,
            isVerified: true,
            database: null,
            isSigned: true,
            sha256: null,
            isDifferential: false,
            base: null,
            isDamaged: false,
            isDrilled: true,
            heldUntil: null,
          },
        ],
        wrong: [[{}], [{ name: "a", at: "now" }], {}],
      },
      { value: retention, canMiss: true, wrong: [{ keepDialy: 1 }, { keep: "14" }] },
    ],
    options: { values: { now, database: "a" }, required: ["now"] },
  },
  crontabLine: {
    parameters: [command],
    options: { values: { minute: 0, hour: 3, when: "0 3 * * *", log: "/var/log/a" } },
  },
  systemdUnits: {
    parameters: [],
    options: {
      values: {
        task: "drill",
        command: command.value,
        writes: ["/var/backups"],
        onCalendar: "daily",
        delaySeconds: 0,
        envFile: "/etc/a",
        failureCommand: command.value,
        docker: flag,
      },
      required: ["command", "writes"],
    },
  },
  open: { parameters: [column, key, { ...bytes, value: SEALED }] },
  seal: {
    parameters: [
      column,
      key,
      bytes,
      { value: Buffer.alloc(12), canMiss: true, wrong: [Buffer.alloc(11), "text"] },
    ],
  },
  parseKey: { parameters: [{ value: KEY_TEXT, wrong: [TEST_KEY] }] },
  publicKeyOf: { parameters: [bytes] },
  listFolder: { parameters: [folder], options: { values: listOptions } },
  hold: { parameters: [file], options: { values: { until: now, release: flag, now } } },
  verifyFolder: {
    parameters: [folder],
    options: {
      values: {
        newest: 1,
        leastRecentlyChecked: 1,
        identities,
        verifyKeys,
        signal,
        onProgress: call,
        onBackup: call,
        now: clock,
      },
    },
  },
  recordDrill: {
    parameters: [
      {
        value: {
          ok: true,
          startedAt: "2026-01-01T00:00:00Z",
          archive: null,
          archiveSha256: null,
          target: null,
          plainRole: false,
          restoreMs: 1.5,
          recoveryPoint: null,
          probes: [{ id: "a", status: "passed" }],
        },
        checkedMembers: "all",
        wrong: [{}, "a"],
      },
    ],
    options: { values: { signKey } },
  },
  undeleteNexusHub: {
    parameters: [archive, database],
    options: {
      values: {
        ...allowed,
        withDependents: texts,
        withReferences: flag,
        withoutTables: texts,
        keepChanged: flag,
        enableTriggers: flag,
        searchPath: texts,
        role: "a",
        dryRun: flag,
        lockTimeoutMs: 1,
        onPlan: call,
        signal,
        onProgress: call,
        peer: "a",
        user: "a",
        rows: { a: "b" },
        key: null,
        wgEndpoint: "a",
        env,
      },
    },
  },
  reportFolder: {
    parameters: [folder],
    options: { values: { ...listOptions, maxDrillAgeMs: 1 } },
  },
};
