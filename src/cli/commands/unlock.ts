/** `unlock DIR`: removes the lock that a backup left behind. */
import type { Registry } from "../command.ts";

export function addUnlock(registry: Registry): void {
  const command = registry
    .command("unlock")
    .summary("remove the lock of a dead backup")
    .description(
      "Removes the lock of a backup folder when the backup that holds it is dead. Rarely needed: the next backup ignores such a lock, at the latest after two minutes.",
    )
    .argument("<dir>", "folder of the backups")
    .option("--force", "remove the lock although its backup runs, or may run on another host")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump unlock /var/backups/nexushub
  $ nexushub-dump unlock /srv/backups --force`,
    );
  registry.run(command, async () => (await import("./unlock-run.ts")).unlockRun);
}
