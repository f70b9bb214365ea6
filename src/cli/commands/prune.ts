/** `prune DIR`: applies retention to a folder of backups. */
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addMetrics, addNotify } from "../notify-options.ts";
import { addFolder } from "../folder-options.ts";
import { collect } from "../option-values.ts";
import { addRetention } from "../retention-options.ts";
import { underHeading } from "../help-headings.ts";
import { addKeptDatabases } from "./kept-databases.ts";

export function addPrune(registry: Registry): void {
  const command = addFolder(
    registry
      .command("prune")
      .summary("remove old backups")
      .description(
        "Removes the backups that no retention rule keeps. Never removes a file that it did not write, nor the last verified backup.",
      ),
  );
  addMetrics(addNotify(command));
  addKeptDatabases(
    command,
    "drop the databases that restores with --swap keep of the database and whose time is over, in place of backups",
  );
  addRetention(command)
    .option("--dry-run", "show what would be removed, and why the rest is kept")
    .option("--adopt", "verify backups that were copied here, and count the intact ones as backups")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump prune /var/backups/nexushub --dry-run
  $ nexushub-dump prune /srv/offsite --adopt --keep-monthly 24
  $ nexushub-dump prune --databases`,
    );
  underHeading(command, "Decryption options:", () =>
    command
      .option(
        "--verify-key <file>",
        "count only backups that this Ed25519 public key signed (repeatable)",
        collect,
      )
      .option(
        "--identity <file>",
        "file with an age identity that opens encrypted backups, to adopt them and read their signatures (repeatable)",
        collect,
      ),
  );
  addConfig(command);
  registry.run(command, async () => (await import("./prune-run.ts")).pruneRun);
}
