/**
 * The checks around a restore by an operator: the archive's key, a preview of what would be overwritten and of who is
 * connected, a confirmation, and a dump of the old contents. Afterwards it lists what is left to do.
 */
import type { Manifest } from "../../archive/format/manifest.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import type { DetectedKey } from "../../nexushub/deployment/deployment.ts";
import type { DetectedDeployment } from "../../nexushub/deployment/open-deployment.ts";
import { isAuthenticated } from "../../nexushub/restore/authenticated.ts";
import { guardedManifest } from "../../nexushub/restore/guard.ts";
import { afterRestore } from "../../nexushub/restore/operator-steps.ts";
import { previewRestore, type RestorePreview } from "../../nexushub/restore/target-preview.ts";
import { previewText, refuseWhileConnected } from "../../nexushub/restore/preview-text.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import { changedTables } from "../../restore/decide/changed-tables.ts";
import { selectFromArchive } from "../../restore/decide/selection.ts";
import { restoreSettings } from "../../restore/defaults.ts";
import { restorePlainChecked } from "../../plain/restore/restore-plain.ts";
import type { Connection } from "../../pg/connection.ts";
import type { PlainRestoreOptions } from "../../plain/restore/options.ts";
import type { RestoreOptions, RestoreResult } from "../../restore/options.ts";
import { restore } from "../../swap/restore.ts";
import type { Warning } from "../../warnings.ts";
import type { CommandContext, ConnectionOptions } from "../command.ts";
import { isTerminal, requireAnswer } from "../confirm.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { withOperand } from "../plain-operand.ts";
import { withDatabase } from "../source.ts";
import { type BackupFirstOptions, backUpFirst, planBackupFirst } from "./restore-backup-first.ts";
import { checkRestoredKey, plainOptions } from "./restore-plain.ts";

export interface GuardOptions extends ConnectionOptions, DecryptionOptions, BackupFirstOptions {
  readonly force?: boolean;
  readonly swap?: boolean;
  /** With `swap`, in milliseconds. */
  readonly keepOld?: number;
  readonly swapTimeout?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly whileConnected?: boolean;
  readonly allowKeyMismatch?: boolean;
  readonly allowUnkeyed?: boolean;
  readonly allowFixture?: boolean;
}

/** Restores the archive, or the plain dump, when all checks pass. */
export async function restoreGuarded(
  context: CommandContext,
  options: GuardOptions,
  file: string | undefined,
  restoreOptions: RestoreOptions,
): Promise<RestoreResult> {
  const fromStdin = file === "-";
  return withOperand(context, file, options, async ({ archive, isPlain }) => {
    const plain = isPlain ? plainOptions(restoreOptions) : undefined;
    return withDatabase(options, context, async ({ source, key, detected }) => {
      const overwrite = { source, key, detected, fromStdin };
      const result =
        plain === undefined
          ? await restoreArchive(context, options, { ...overwrite, archive, restoreOptions })
          : await restoreDump(context, options, { ...overwrite, archive, restoreOptions: plain });
      const isNexusHub = result.relations.some(({ name }) => name === "wg_peers");
      if (result.committed && isNexusHub)
        for (const line of afterRestore(detected)) context.console.say("info", line);
      return result;
    });
  });
}

interface Guarded<Options> extends Overwrite {
  readonly archive: ArchiveOrigin;
  readonly restoreOptions: Options;
}

async function restoreArchive(
  context: CommandContext,
  options: GuardOptions,
  guarded: Guarded<RestoreOptions>,
): Promise<RestoreResult> {
  const { io, console, signal } = context;
  const { archive, source, key, restoreOptions } = guarded;
  const { allowKeyMismatch, allowUnkeyed, allowFixture } = options;
  const allowed = { allowKeyMismatch, allowUnkeyed, allowFixture };
  const guard = { target: source, ...allowed, env: io.env, signal };
  const { manifest, storedManifest, warnings } = await guardedManifest(archive, key, guard);
  for (const { message } of warnings) console.say("warning", message);
  await prepareOverwrite(context, options, guarded, () => tablesToChange(manifest, restoreOptions));
  const trusted = isAuthenticated(storedManifest, key) ? true : undefined;
  return restore(archive, source, { ...restoreOptions, trusted });
}

async function restoreDump(
  context: CommandContext,
  options: GuardOptions,
  guarded: Guarded<PlainRestoreOptions>,
): Promise<RestoreResult> {
  const { archive, source, key, restoreOptions } = guarded;
  await prepareOverwrite(context, options, guarded, () => null);
  const beforeCommit = (connection: Connection): Promise<Warning[]> =>
    checkRestoredKey(connection, key, options.allowKeyMismatch === true);
  return restorePlainChecked(archive, source, restoreOptions, beforeCommit);
}

interface Overwrite {
  readonly source: ConnectionSource;
  readonly key: DetectedKey | null;
  readonly detected: DetectedDeployment | null;
  /** The archive comes from standard input, where nobody can answer a question. */
  readonly fromStdin: boolean;
}

type ChangedTables = ReturnType<typeof changedTables>;

function tablesToChange(manifest: Manifest, options: RestoreOptions): ChangedTables {
  // A new database takes the place of the old one, whatever it is filled with.
  if (options.swap !== undefined) return null;
  const settings = restoreSettings(options);
  return changedTables(manifest, selectFromArchive(manifest, settings), settings);
}

/** Shows what will be overwritten, asks for confirmation, and dumps the old contents. */
async function prepareOverwrite(
  context: CommandContext,
  options: GuardOptions,
  { source, key, detected, fromStdin }: Overwrite,
  readTables: () => ChangedTables,
): Promise<void> {
  const { io, console, signal } = context;
  // Else a target that is not empty is refused anyway, and a dry run changes nothing.
  if ((options.force !== true && options.swap !== true) || options.dryRun === true) return;
  const backup = await planBackupFirst(options);
  const tables = readTables() ?? undefined;
  const preview = await previewRestore(source, { tables, signal });
  if (preview.tables === 0) return;
  for (const line of previewText(preview)) console.say("info", line);
  // An exchange ends the sessions.
  if (options.whileConnected !== true && options.swap !== true)
    refuseWhileConnected(preview, detected);
  if (options.yes !== true && isTerminal(io)) await confirm(context, preview, fromStdin);
  if (backup !== undefined) await backUpFirst(context, source, backup, key);
}

function confirm(
  context: CommandContext,
  { database, label, changed }: RestorePreview,
  fromStdin: boolean,
): Promise<void> {
  const what = changed === null ? "overwrite it" : "change these tables";
  return requireAnswer(context, {
    question: `Type the database's name to ${what} (${database}): `,
    expected: database,
    action: "restore",
    object: label,
    fromStdin,
  });
}
