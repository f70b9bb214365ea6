/** `prune DIR`: applies retention to a folder of backups. */
import type { Registry } from "../command.ts";
import { addRetention } from "../retention-options.ts";

export function addPrune(registry: Registry): void {
  const command = registry
    .command("prune")
    .summary("remove old backups")
    .description(
      "Removes backups that no rule keeps. Never touches a file that it is not known to have written, nor the last verified backup.",
    )
    .argument("<dir>", "the folder of the backups");
  addRetention(command)
    .option("--dry-run", "say what would be removed, and why the rest stays")
    .option(
      "--adopt",
      "prove backups that were brought from elsewhere, and count those that are whole",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump prune /var/backups/nexushub --dry-run
  $ nexushub-dump prune /srv/offsite --adopt --keep-monthly 24`,
    );
  registry.run(command, async () => (await import("./prune-run.ts")).pruneRun);
}
