/** `restore FILE`: an archive into a database, in one transaction. */
import {
  addConnection,
  collect,
  type Registry,
  sectionOption,
  positiveInteger,
} from "../command.ts";
import { addDecryption } from "../encryption.ts";

export function addRestore(registry: Registry): void {
  const command = addConnection(
    registry
      .command("restore")
      .summary("restore an archive, in one transaction")
      .description(
        "Restores an archive in one transaction: all of it or none of it. Refuses a database that holds anything (exit code 3) unless told to replace it.",
      )
      .argument("<file>", "the archive, or - for standard input"),
  )
    .option("--force", "drop what the database holds, in the same transaction")
    .option("-s, --schema-only", "no rows")
    .option("-a, --data-only", "rows alone, into tables that exist")
    .option(
      "-t, --table <pattern>",
      "only these relations and what they need (repeatable)",
      collect,
    )
    .addOption(sectionOption("restore"))
    .option("--owner", "give objects the recorded owners")
    .option("--privileges", "grant the recorded privileges")
    .option("--role <name>", "become this role first")
    .option("--dry-run", "do everything, then roll back")
    .option("-l, --list", "show what would be restored, in order, without a database")
    .option("--tune <on|off>", "raise memory and workers for building indexes (default: on)")
    .option("--no-analyze", "do not gather statistics before committing")
    .option("--disable-triggers", "with --data-only: keep the tables' own triggers from firing")
    .option(
      "--lock-timeout <ms>",
      "how long to wait for a lock (default: 60000)",
      positiveInteger(0),
    )
    .option("--yes", "with --force: do not ask on a terminal")
    .option(
      "--while-connected",
      "with --force: restore while others are connected, waiting for their locks",
    )
    .option("--backup-first [folder]", "with --force: dump the old contents first")
    .option("--allow-key-mismatch", "restore although PEER_KEY_ENCRYPTION_KEY is not the archive's")
    .addHelpText(
      "after",
      `
Examples:
  $ createdb shop_copy && nexushub-dump restore shop.tar.gz -d postgresql://app@db/shop_copy
  $ nexushub-dump restore backup.tar.gz --force --dry-run
  $ cat backup.tar.gz | nexushub-dump restore - --table users`,
    );
  addDecryption(command);
  registry.run(command, async () => (await import("./restore-run.ts")).restoreRun);
}
