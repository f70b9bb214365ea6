/** The body of `restore`. */
import { openArchive } from "../../archive/reader.ts";
import { UsageError } from "../../errors.ts";
import type { RestoreResult, RestoreSection } from "../../restore/options.ts";
import { selectFromArchive } from "../../restore/decide/selection.ts";
import { qualify } from "../../sql/ident.ts";
import { archiveOf } from "../archive-operand.ts";
import { type Body, type ConnectionOptions, type Running, withoutUndefined } from "../command.ts";
import type { DecryptionOptions } from "../encryption.ts";
import { DONE } from "../exit-codes.ts";
import { formatBytes, formatCount, formatDuration, plural } from "../../util/format.ts";
import { showProgress } from "../progress.ts";
import { restoreGuarded } from "./restore-guarded.ts";

export interface RestoreCommandOptions extends ConnectionOptions, DecryptionOptions {
  readonly force?: boolean;
  readonly schemaOnly?: boolean;
  readonly dataOnly?: boolean;
  readonly section?: RestoreSection[];
  readonly table?: string[];
  readonly owner?: boolean;
  readonly privileges?: boolean;
  readonly role?: string;
  readonly dryRun?: boolean;
  readonly list?: boolean;
  readonly tune?: string;
  readonly analyze?: boolean;
  readonly disableTriggers?: boolean;
  readonly lockTimeout?: number;
  readonly yes?: boolean;
  readonly whileConnected?: boolean;
  readonly allowKeyMismatch?: boolean;
  readonly backupFirst?: string | true;
}

export const restoreRun: Body<RestoreCommandOptions> = async (running, options, file) => {
  if (options.schemaOnly === true && options.dataOnly === true) {
    throw new UsageError("--schema-only and --data-only leave nothing to restore");
  }
  if (options.list === true) return list(running, options, file);
  if (options.tune !== undefined && options.tune !== "on" && options.tune !== "off") {
    throw new UsageError("--tune takes on or off");
  }
  const { console, signal } = running;
  const result = await restoreGuarded(
    running,
    options,
    file,
    withoutUndefined({
      force: options.force,
      schemaOnly: options.schemaOnly,
      dataOnly: options.dataOnly,
      sections: options.section,
      tables: options.table,
      owner: options.owner,
      privileges: options.privileges,
      role: options.role,
      dryRun: options.dryRun,
      tune: options.tune === undefined ? undefined : options.tune === "on",
      analyze: options.analyze === false ? false : undefined,
      disableTriggers: options.disableTriggers,
      lockTimeoutMs: options.lockTimeout,
      signal,
      onProgress: showProgress(console),
    }),
  );
  console.result(result, summary(result, options.dryRun === true));
  return DONE;
};

function summary(result: RestoreResult, dryRun: boolean): string {
  const what = `${plural(result.objects, "object")} and ${formatCount(result.rows)} rows (${formatBytes(result.bytes)} as text)`;
  const took = formatDuration(result.elapsedMs);
  return dryRun
    ? `${result.target}: ${what} restored and rolled back in ${took}; nothing was changed`
    : `${result.target}: ${what} restored and committed in ${took}`;
}

/** What would be restored, in order, from the archive alone. */
async function list(
  { io, console, signal }: Running,
  options: RestoreCommandOptions,
  file: string | undefined,
): Promise<number> {
  const reader = await openArchive(await archiveOf(file, io, options), { signal });
  try {
    const chosen = selectFromArchive(reader.manifest, {
      schemaOnly: options.schemaOnly ?? false,
      dataOnly: options.dataOnly ?? false,
      sections: options.section,
      owner: options.owner ?? false,
      privileges: options.privileges ?? false,
      tables: options.table ?? [],
      searchPath: ["public"],
    });
    const line = (kind: string, namespace: string | null, name: string): string =>
      `${kind} ${namespace === null ? name : `${namespace} ${name}`}`;
    const objects = (section: string): string[] =>
      chosen.objects
        .filter((object) => object.section === section)
        .map((object) => line(object.kind, object.namespace, object.name));
    const lines = [
      ...objects("pre-data"),
      ...chosen.relations.map(
        (it) => `rows ${qualify(it.namespace, it.name)} (${formatCount(it.rows)})`,
      ),
      ...chosen.sequences.map((it) => `position ${qualify(it.namespace, it.name)}`),
      ...objects("post-data"),
    ];
    console.result(
      {
        objects: chosen.objects.map(({ kind, namespace, name, section }) => ({
          kind,
          namespace,
          name,
          section,
        })),
        relations: chosen.relations.map(({ namespace, name, rows }) => ({ namespace, name, rows })),
        sequences: chosen.sequences.map(({ namespace, name }) => ({ namespace, name })),
      },
      lines.join("\n"),
    );
    return DONE;
  } finally {
    await reader.close();
  }
}
