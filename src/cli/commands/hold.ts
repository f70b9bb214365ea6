/** `hold FILE`: keeps a backup, whatever the rules of retention say. */
import type { Registry } from "../command.ts";
import { instant } from "../option-values.ts";

export function addHold(registry: Registry): void {
  const command = registry
    .command("hold")
    .summary("keep a backup, whatever retention says")
    .description(
      "Holds a backup of a folder: neither prune nor a backup removes it before the time of --until, or before --release.",
    )
    .argument("<file>", "the backup in its folder")
    .option("--until <time>", "end of the hold: 2027-01-31, 2027-01-31T12:00Z", instant)
    .option("--release", "end the hold now")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump hold /var/backups/nexushub/nexushub-20260301T030000Z.tar.gz --until 2027-03-01
  $ nexushub-dump hold /var/backups/nexushub/nexushub-20260301T030000Z.tar.gz --release`,
    );
  registry.run(command, async () => (await import("./hold-run.ts")).holdRun);
}
