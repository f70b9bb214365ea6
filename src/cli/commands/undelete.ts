/** `undelete FILE`: rows of an archive back into the database that they were deleted from. */
import type { Command } from "commander";
import { addConnection, addWait, type Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";
import { collect, nonNegativeInteger, rowConditions } from "../option-values.ts";
import { underHeading } from "../help-headings.ts";

export function addUndelete(registry: Registry): void {
  const command = addWait(
    addConnection(
      registry
        .command("undelete")
        .summary("bring deleted rows back from an archive")
        .description(
          "Brings rows of an archive back into the live database, with the rows that they refer to, in one transaction. Rows that are there are never changed. Refuses when something stands in the way (exit code 3).",
        )
        .argument("<file>", "the archive, or - for standard input"),
    ),
  )
    .option("--keep-changed", "leave selected rows that exist with other values as they are")
    .option("--enable-triggers", "let the tables' own triggers fire")
    .option("--role <name>", "SET ROLE to this role first")
    .option("--dry-run", "do everything, then roll back")
    .option(
      "--lock-timeout <ms>",
      "how long to wait for a lock (default: 60000)",
      nonNegativeInteger,
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump undelete backup.tar.gz --peer laptop-anna --dry-run
  $ nexushub-dump undelete backup.tar.gz --user anna@example.org
  $ nexushub-dump undelete shop.tar.gz --rows "orders: id = 4711" --with-dependents`,
    );
  underHeading(command, "Row options:", addRowOptions);
  underHeading(command, "Safety options:", addSafetyOptions);
  addDecryption(command);
  registry.run(command, async () => (await import("./undelete-run.ts")).undeleteRun);
}

/** Which rows come back. */
function addRowOptions(command: Command): void {
  command
    .option(
      "--rows <table: condition>",
      "the rows to bring back, by an SQL condition on the archive's rows (repeatable)",
      rowConditions,
    )
    .option("--peer <name>", "a NexusHub peer with its preshared keys and rule bindings")
    .option("--user <name>", "a NexusHub user, by name or e-mail address, with its API keys")
    .option("--with-dependents", "also rows that refer to these: what a cascade deleted")
    .option("--with-references", "set references back that the deletion set to null")
    .option("--without-table <pattern>", "never bring rows of this table (repeatable)", collect);
}

/** What lifts a protection of the database. */
function addSafetyOptions(command: Command): void {
  command
    .option("--yes", "do not ask for confirmation")
    .option(
      "--allow-key-mismatch",
      "go on although PEER_KEY_ENCRYPTION_KEY does not open the sealed values",
    )
    .option(
      "--allow-unkeyed",
      "take an archive of NexusHub that has no record of PEER_KEY_ENCRYPTION_KEY",
    )
    .option("--allow-fixture", "take rows of a fixture");
}
