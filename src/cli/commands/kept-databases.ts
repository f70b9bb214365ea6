/** `--databases` of `list` and `prune`: the databases that restores with `--swap` keep, in place of backups. */
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import { dropExpiredDatabases, listKeptDatabases } from "../../swap/undo.ts";
import { formatBytes, formatTable } from "../../util/format.ts";
import { addConnection, type CommandContext, type ConnectionOptions } from "../command.ts";
import { DONE } from "../exit-codes.ts";
import { withDatabase } from "../source.ts";

export interface KeptDatabasesOptions extends ConnectionOptions {
  readonly databases?: boolean;
}

/** Headings of options that say nothing of databases. */
const OF_BACKUPS: ReadonlySet<string | undefined> = new Set([
  "Retention options:",
  "Decryption options:",
]);

/** Adds the option, and those that name the database. */
export function addKeptDatabases(command: Command, description: string): Command {
  return addConnection(command.option("--databases", description)).hook("preAction", (_, run) => {
    if (run.opts<KeptDatabasesOptions>().databases !== true) return;
    if (run.args.length > 0)
      throw new UsageError("--databases takes no folder of backups", {
        object: run.args[0],
        hint: "--database-url names the database whose older contents restores with --swap keep",
      });
    const ofBackups = run.options.filter(
      (option) =>
        run.getOptionValueSource(option.attributeName()) === "cli" &&
        (option.long === "--adopt" || OF_BACKUPS.has(option.helpGroupHeading)),
    );
    if (ofBackups.length > 0)
      throw new UsageError(
        `${ofBackups.map(({ long }) => long).join(", ")} is about backups, and --databases lists none`,
        {
          hint: "restore --swap --keep-old says how long a database is kept",
        },
      );
  });
}

export async function listDatabases(
  context: CommandContext,
  options: KeptDatabasesOptions,
): Promise<number> {
  return withDatabase(options, context, async ({ source }) => {
    const databases = await listKeptDatabases(source);
    const rows = databases.map(({ name, swappedAt, keepUntil, size, canUndo }) => [
      name,
      swappedAt,
      keepUntil,
      size === null ? "" : formatBytes(size),
      canUndo ? "yes" : "no",
    ]);
    const text =
      rows.length === 0
        ? "nothing is kept of the database"
        : formatTable(["database", "replaced", "kept until", "size", "can undo"], rows);
    context.console.result({ databases }, text);
    return DONE;
  });
}

/** Drops those whose time is over; with `dryRun` it only names them. */
export async function pruneDatabases(
  context: CommandContext,
  options: KeptDatabasesOptions & { readonly dryRun?: boolean },
): Promise<number> {
  const { dryRun = false } = options;
  return withDatabase(options, context, async ({ source }) => {
    const dropped = dryRun
      ? (await listKeptDatabases(source))
          .filter(({ keepUntil }) => Date.parse(keepUntil) <= Date.now())
          .map(({ name }) => name)
      : await dropExpiredDatabases(source);
    const verb = dryRun ? "would drop" : "dropped";
    const text = dropped.length === 0 ? "nothing to drop" : `${verb} ${dropped.join(", ")}`;
    context.console.result({ dropped }, text);
    return DONE;
  });
}
