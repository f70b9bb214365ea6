/**
 * What stands between an operator and the wrong restore: the archive's key, a look at what would be overwritten and who
 * is using it, a question, a dump of the old contents; and afterwards the list of what is left to do.
 */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { reopenable } from "../../archive/storage/reopenable.ts";
import { dump } from "../../dump/dump.ts";
import { RefusedError } from "../../errors.ts";
import { defaultFolder } from "../../nexushub/backup/backup.ts";
import type { DetectedDeployment } from "../../nexushub/deployment/open-deployment.ts";
import { guardRestore } from "../../nexushub/restore/guard.ts";
import {
  afterRestore,
  previewRestore,
  previewText,
  refuseWhileConnected,
  type RestorePreview,
} from "../../nexushub/restore/preview.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import type { RestoreOptions, RestoreResult } from "../../restore/options.ts";
import { restore } from "../../restore/restore.ts";
import { verify } from "../../verify/verify.ts";
import { archiveOf } from "../archive-operand.ts";
import type { ConnectionOptions, Running } from "../command.ts";
import { ask, isTerminal } from "../confirm.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { withDatabase } from "../source.ts";

export interface GuardOptions extends ConnectionOptions, DecryptionOptions {
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly whileConnected?: boolean;
  readonly allowKeyMismatch?: boolean;
  /** A folder, or true for the default one. */
  readonly backupFirst?: string | true;
}

/** Restores, once nothing speaks against it. */
export async function restoreGuarded(
  running: Running,
  options: GuardOptions,
  file: string | undefined,
  restoreOptions: RestoreOptions,
): Promise<RestoreResult> {
  const { io, console, signal } = running;
  const spooled = file === "-" ? await reopenable(io.stdin, signal) : undefined;
  try {
    const archive = await archiveOf(file, io, options, spooled?.store);
    return await withDatabase(options, running, async ({ source, key, found }) => {
      const { allowKeyMismatch } = options;
      for (const warning of await guardRestore(archive, key, { allowKeyMismatch, signal }))
        console.say("warning", warning);
      // Without --force a target that holds anything is refused anyway, and a dry run changes nothing.
      if (options.force === true && options.dryRun !== true)
        await prepare(running, options, source, found, file);
      const result = await restore(archive, source, restoreOptions);
      const isNexusHub = result.relations.some(({ name }) => name === "wg_peers");
      if (result.committed && isNexusHub)
        for (const line of afterRestore(found)) console.say("info", line);
      return result;
    });
  } finally {
    await spooled?.close();
  }
}

/** Shows what will be overwritten, and has it confirmed and dumped. */
async function prepare(
  { io, console, signal }: Running,
  options: GuardOptions,
  source: ConnectionSource,
  found: DetectedDeployment | null,
  file: string | undefined,
): Promise<void> {
  const preview = await previewRestore(source, { signal });
  if (preview.tables === 0) return;
  for (const line of previewText(preview)) console.say("info", line);
  if (options.whileConnected !== true) refuseWhileConnected(preview, found);
  if (options.yes !== true && isTerminal(io)) await confirm(preview);
  if (options.backupFirst !== undefined) await backUpFirst(preview, options.backupFirst);

  async function confirm({ database, label }: RestorePreview): Promise<void> {
    // The archive comes over standard input: nobody can answer there.
    const agreed =
      file !== "-" &&
      (await ask(io, `Type the database's name to overwrite it (${database}): `, database, signal));
    if (agreed) return;
    throw new RefusedError("NOT_CONFIRMED", "the restore was not confirmed: nothing was changed", {
      object: label,
      hint: `type ${database} when asked, or pass --force --yes`,
    });
  }

  async function backUpFirst({ database }: RestorePreview, where: string | true): Promise<void> {
    const folder = resolve(where === true ? await defaultFolder() : where);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
    // Not a backup's name: retention leaves it alone.
    const path = join(
      folder,
      `before-restore-${database.replaceAll(/[^\w.-]/g, "_")}-${stamp}Z.tar.gz`,
    );
    await dump(source, path, { signal });
    await verify(path, { signal });
    console.say("info", `the old contents were dumped first: ${path}`, { path });
  }
}
