/** `notify OUTCOME`: tells of a run by hand: to try the notifications, and from the unit that systemd starts after a kill. */
import { Argument } from "commander";
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addMetrics, addNotify } from "../notify-options.ts";

export function addNotifyCommand(registry: Registry): void {
  const command = registry
    .command("notify")
    .summary("try the notifications of a backup")
    .description(
      "Tells of a run that began, succeeded or failed, as backup, prune, verify and drill do. Exit code 1 when a notification failed. systemd runs it when a backup was killed before it could tell.",
    )
    .addArgument(new Argument("<outcome>", "what to tell").choices(["start", "success", "failure"]))
    .option("--task <name>", "the command that it is about", "backup")
    .option("--message <text>", "what happened (default: what systemd says of the unit)")
    .option("--folder <dir>", "folder of the backups, for the metrics of a failed backup");
  addMetrics(addNotify(command)).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump notify success --ping-url https://hc-ping.com/your-check
  $ nexushub-dump notify failure --webhook https://chat.example/hook --message "This is a test."`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./notify-run.ts")).notifyRun);
}
