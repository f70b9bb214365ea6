/** `restore FILE`: an archive into a database, in one transaction. */
import { type Command, Option } from "commander";
import { addConnection, addWait, type Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";
import { addKindOptions } from "../kind-options.ts";
import { addTablePatterns } from "../table-pattern-options.ts";
import {
  collect,
  integerBetween,
  nonNegativeInteger,
  positiveInteger,
  sectionOption,
  timeSpanOrZero,
} from "../option-values.ts";
import { underHeading } from "../help-headings.ts";

export function addRestore(registry: Registry): void {
  const command = addWait(
    addConnection(
      registry
        .command("restore")
        .summary("restore an archive, in one transaction")
        .description(
          "Restores an archive in one transaction: all of it or none of it. Refuses a database that already holds what the archive would create (exit code 3) unless --force is given. What belongs to other roles stays. With --swap it restores into a new database beside the live one over several connections, and exchanges the two in the end.",
        )
        .argument(
          "[file]",
          "the archive or plain dump of pg_dump, - for standard input, a folder for its newest backup, or latest",
        ),
    ),
  )
    .option("--force", "drop what the archive replaces first, in the same transaction")
    .option("--owner", "give objects their recorded owners")
    .option("--privileges", "grant the recorded privileges")
    .option("--roles", "make the recorded roles that are missing; existing ones stay as they are")
    .option("--role <name>", "SET ROLE to this role first")
    .option("--dry-run", "restore everything, then roll back")
    .option("-l, --list", "list what would be restored, in order, without a database")
    .addHelpText(
      "after",
      `
Examples:
  $ createdb shop_copy && nexushub-dump restore shop.tar.gz -d postgresql://app@db/shop_copy
  $ nexushub-dump restore backup.tar.gz --force --dry-run
  $ nexushub-dump restore shop.tar.gz --roles --owner --privileges
  $ nexushub-dump restore /var/backups/nexushub/nexushub-20260423T030001Z.sql.gz --force
  $ cat backup.tar.gz | nexushub-dump restore - --table users
  $ nexushub-dump restore backup.tar.gz --swap --jobs 4 && nexushub-dump restore --undo`,
    );
  underHeading(command, "Safety options:", addSafetyOptions);
  underHeading(command, "Swap options:", addSwapOptions);
  underHeading(command, "Loading options:", addLoadOptions);
  underHeading(command, "Selection options:", addSelection);
  addDecryption(command);
  registry.run(command, async () => (await import("./restore-run.ts")).restoreRun);
}

/** What protects the contents of the database, and what lifts a protection. */
function addSafetyOptions(command: Command): void {
  command
    .option("--yes", "with --force: do not ask for confirmation")
    .option(
      "--while-connected",
      "with --force: restore although others are connected, waiting for their locks",
    )
    .option("--backup-first [folder]", "with --force: dump the old contents first")
    .option(
      "--config <file>",
      "configuration file with folder and recipients for --backup-first (default: /etc/nexushub/dump.toml, if it is there)",
    )
    .option(
      "--allow-key-mismatch",
      "restore although PEER_KEY_ENCRYPTION_KEY is not the archive's key",
    )
    .option(
      "--allow-unkeyed",
      "restore an archive of NexusHub that has no record of PEER_KEY_ENCRYPTION_KEY",
    )
    .option("--allow-fixture", "let a fixture replace the contents of a NexusHub database in use");
}

/** A restore beside the live database, and what comes after it. */
function addSwapOptions(command: Command): void {
  command
    .option("--swap", "restore into a new database, which then takes the place of the live one")
    .option(
      "-j, --jobs <n>",
      "with --swap: connections that load and build in parallel (default: 2)",
      integerBetween(1, 128),
    )
    .option(
      "--keep-old <time>",
      "with --swap and --undo: how long to keep the old database: 36h, 7d, 0 (default: 7d)",
      timeSpanOrZero,
    )
    .option(
      "--swap-timeout <ms>",
      "with --swap and --undo: how long to wait for sessions to end (default: 30000)",
      positiveInteger,
    )
    .option("--undo", "exchange the database for the one that a swap kept of it");
}

/** How rows and indexes get into the target. */
function addLoadOptions(command: Command): void {
  command
    .addOption(
      new Option(
        "--tune <on|off>",
        "raise memory and parallel workers while indexes are built (default: on)",
      ).choices(["on", "off"]),
    )
    .option(
      "--analyze",
      "run ANALYZE on what was restored (default for archives; a plain dump leaves it to autovacuum)",
    )
    .option("--no-analyze", "do not run ANALYZE")
    .option("--no-statistics", "run ANALYZE even where the archive holds the planner's statistics")
    .option("--disable-triggers", "with --data-only: disable the tables' triggers while loading")
    .option(
      "--load-via-partition-root",
      "load the rows of partitions through the topmost partitioned table",
    )
    .option(
      "--skip-damaged",
      "restore the rows of a damaged archive that can be read, and name the others",
    )
    .option(
      "--lock-timeout <ms>",
      "how long to wait for a lock (default: 60000)",
      nonNegativeInteger,
    );
}

/** Which objects and rows are restored: the options that a dump has, too, and an edited list. */
function addSelection(command: Command): void {
  command
    .option("-s, --schema-only", "leave out all rows")
    .option("-a, --data-only", "restore only rows, into existing tables")
    .addOption(sectionOption("restore"))
    .option(
      "-t, --table <pattern>",
      "restore only these relations and what they need (repeatable)",
      collect,
    );
  addTablePatterns(command)
    .option(
      "--include-foreign-data",
      "write the rows of foreign tables, too, which go to the servers behind them",
    )
    .option("-n, --schema <pattern>", "restore only these schemas (repeatable)", collect)
    .option("-N, --exclude-schema <pattern>", "leave out these schemas (repeatable)", collect)
    .option(
      "--exclude-extension <pattern>",
      "leave out these extensions, which the target has (repeatable)",
      collect,
    )
    .option("--no-tablespaces", "leave out tablespaces: everything goes to the default one")
    .option("--no-toast-compression", "leave out the compression methods of columns")
    .option(
      "--filter <file>",
      "read patterns from a file, as pg_restore does (repeatable)",
      collect,
    )
    .option("-L, --use-list <file>", "restore only what an edited list of --list names");
  addKindOptions(command);
}
