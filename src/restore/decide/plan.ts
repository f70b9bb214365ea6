/**
 * A restore as a value, before anything runs: manifest, selection, facts of the target and settings in; the refusal, or
 * every statement in order, out. Pure: no file in this folder talks to a server.
 */
import type { Manifest, ManifestRelation } from "../../archive/format/manifest.ts";
import { untestedServer } from "../../catalog/version.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { RestoreSettings } from "../defaults.ts";
import type { TargetFacts } from "../target/facts.ts";
import { leftOutNote, lockNote, olderServerNote, unselectedNotes } from "./hints.ts";
import { misplacedExtensions } from "./misplaced-extensions.ts";
import { prepare } from "./preparation.ts";
import type { Refusal } from "./refusal.ts";
import type { Selection } from "./selection.ts";
import { planRoles, type RolePlan } from "./roles.ts";
import { lostBy, missingFeatures } from "./server-features.ts";
import {
  eventTriggerSettings,
  type Setting,
  type Tuning,
  tuning,
  tuningSettings,
} from "./session-settings.ts";
import { type PlannedStatistics, planStatistics } from "./statistics.ts";
import { restoreSteps, type StatementStep, type Steps, stepsThatNeedRights } from "./steps.ts";

export interface RestorePlan extends Steps {
  /** Set for the transaction before anything else. */
  readonly settings: readonly Setting[];
  /** The role to take on then; undefined for the session's. */
  readonly role: string | undefined;
  /** The roles that are made, before and around everything else. */
  readonly roles: RolePlan;
  /** Statements that drop what is in the way. */
  readonly drops: readonly string[];
  /** What they drop, or whose rows are removed, for people. */
  readonly dropped: readonly string[];
  /** Statements before and after the rows. */
  readonly beforeRows: readonly string[];
  readonly afterRows: readonly string[];
  /** Extensions that are new to the target: rows that their scripts insert make way for those of the archive. */
  readonly createdExtensions: readonly string[];
  /** Whether the objects behind large-object rows must be created first. */
  readonly createLargeObjects: boolean;
  /** Whether rows of partitions are loaded through the topmost table even where nothing requires it. */
  readonly loadViaPartitionRoot: boolean;
  /** Whether objects get the privileges that the archive records, and no others. */
  readonly setsPrivileges: boolean;
  /** The planner's statistics that are set. */
  readonly statistics: readonly PlannedStatistics[];
  /** Tables to analyze. */
  readonly analyze: readonly ManifestRelation[];
  /** Memory and workers of the transaction; undefined for the server's own. */
  readonly tuned: Tuning | undefined;
  /** Steps of `postData` that are tried and undone before the rows are loaded, as the login may have no right to them. */
  readonly triedFirst: readonly StatementStep[];
  /** Why a statement may fail, as the hint of its error. */
  readonly hint: string | undefined;
}

/** A plan, or why there is none; the warnings hold in both cases. */
export type RestoreDecision = { readonly warnings: readonly Warning[] } & (
  | { readonly refusal: Refusal; readonly refusals: readonly Refusal[]; readonly plan: null }
  | { readonly refusal: null; readonly plan: RestorePlan }
);

export function planRestore(
  manifest: Manifest,
  selection: Selection,
  target: TargetFacts,
  settings: RestoreSettings,
): RestoreDecision {
  const { major } = target.version;
  const roles = planRoles(manifest, target, settings);
  const untested = untestedServer(target.version, "restore into");
  const olderServer = olderServerNote(manifest.database.serverVersionNum, major);
  const warnings = [
    ...selection.warnings,
    ...(untested === undefined ? [] : [untested]),
    ...(olderServer === undefined ? [] : [warning("older-server", null, olderServer)]),
    ...(target.session.isSuperuser && !settings.trusted ? [unsigned()] : []),
    ...lostBy(selection.objects, major).map((lost) => warning("feature-lost", null, lost)),
    ...roles.warnings,
  ];
  const prepared = prepare(manifest, selection, target, settings);
  const refusals = [
    ...serverRefusals(manifest, selection, target, roles),
    ...(prepared.refusal === null ? [] : [prepared.refusal]),
  ];
  const [refusal] = refusals;
  if (refusal !== undefined || prepared.refusal !== null)
    return { warnings, refusal: refusal!, refusals, plan: null };

  const { mayFreeze, relations, existing, referencesHints, ...preparation } = prepared.preparation;
  const tuned = settings.tune ? tuning(target.session) : undefined;
  const steps = restoreSteps(without(selection, existing.ids), relations, {
    ...rowEncoding(manifest.database.encoding, target.session.encoding),
    unselected: unselectedNotes(manifest.warnings),
    referencesHints,
    mayFreeze: (relation) => target.session.isReadCommitted && mayFreeze(relation),
    tune: settings.tune,
  });
  return {
    warnings: [...warnings, ...existing.warnings],
    refusal: null,
    plan: {
      ...steps,
      ...preparation,
      triedFirst: triedFirst(steps, target.session, settings),
      roles,
      settings: transactionSettings(target, settings, tuned),
      role: settings.role,
      createLargeObjects: settings.dataOnly,
      loadViaPartitionRoot: settings.loadViaPartitionRoot,
      setsPrivileges: settings.privileges && manifest.options.privileges,
      ...planStatistics(manifest, without(selection, existing.ids), major, settings),
      tuned,
      hint:
        lockNote(selection.objects, preparation.dropped.length, target.session) ??
        olderServer ??
        leftOutNote(manifest.warnings),
    },
  };
}

function triedFirst(
  { rows, postData }: Steps,
  session: TargetFacts["session"],
  settings: RestoreSettings,
): readonly StatementStep[] {
  return rows.length > 0 && mayLackRights(session, settings) ? stepsThatNeedRights(postData) : [];
}

/** The SQL of an archive can do whatever the login can, and a superuser can run programs on the server's host. */
function unsigned(): Warning {
  return warning(
    "unsigned-archive",
    null,
    "the archive is restored as a superuser, and nobody checked its signature: whoever wrote it can do anything on this server (--verify-key checks it)",
  );
}

/** Whether a right may be missing: a superuser has them all. */
export function mayLackRights(
  { isSuperuser }: TargetFacts["session"],
  { role }: RestoreSettings,
): boolean {
  return !isSuperuser || role !== undefined;
}

function without(selection: Selection, ids: ReadonlySet<number>): Selection {
  if (ids.size === 0) return selection;
  return { ...selection, objects: selection.objects.filter(({ id }) => !ids.has(id)) };
}

const ANY_BYTES = "SQL_ASCII";

/**
 * The encoding in which rows are loaded. A SQL_ASCII database takes any bytes. Declared as such, the server would not even
 * look whether they are valid in the target, so they are declared as what the target has.
 */
export function rowEncoding(
  archive: string,
  target: string,
): { readonly encoding: string; readonly rowHint: string | undefined } {
  if (archive !== ANY_BYTES || target === ANY_BYTES)
    return { encoding: archive, rowHint: undefined };
  return {
    encoding: target,
    rowHint: `the archive comes from a ${ANY_BYTES} database, which takes any bytes, and these are not valid in ${target}: restore into a database of encoding ${ANY_BYTES} (createdb --encoding=${ANY_BYTES} --template=template0), or of the encoding that the bytes are in`,
  };
}

/** Refusals that do not depend on what the target holds. */
function serverRefusals(
  manifest: Manifest,
  { objects }: Selection,
  target: TargetFacts,
  roles: RolePlan,
): Refusal[] {
  const misplaced = misplacedExtensions(manifest, objects, target.extensions);
  const { session, version, hasLz4, missingExtensions } = target;
  const missingRoles = target.missingRoles.filter((role) => !roles.created.includes(role));
  const features = missingFeatures(objects, { major: version.major, hasLz4 });
  return [
    ...(features.length > 0 ? [{ reason: "missing-features", features } as const] : []),
    ...(session.inRecovery ? [{ reason: "standby" } as const] : []),
    ...(session.isReadOnly && !session.inRecovery ? [{ reason: "read-only" } as const] : []),
    ...(missingExtensions.length > 0
      ? [{ reason: "missing-extensions", extensions: missingExtensions } as const]
      : []),
    ...(misplaced.length > 0
      ? [{ reason: "misplaced-extensions", extensions: misplaced } as const]
      : []),
    ...(missingRoles.length > 0 ? [{ reason: "missing-roles", roles: missingRoles } as const] : []),
    ...(roles.refusal === null ? [] : [roles.refusal]),
  ];
}

function transactionSettings(
  { version, session }: TargetFacts,
  { dataOnly }: RestoreSettings,
  tuned: Tuning | undefined,
): Setting[] {
  return [
    ...(tuned === undefined ? [] : tuningSettings(tuned)),
    // With rows alone the tables' own triggers fire, and session_replication_role would stop them.
    ...(session.isSuperuser && !dataOnly ? eventTriggerSettings(version) : []),
  ];
}
