/** `schedule systemd|cron`: the nightly backup as systemd units or a crontab line. */
import { Argument } from "commander";
import { addConnection, type Registry } from "../command.ts";
import { timeSpan } from "../option-values.ts";

export function addSchedule(registry: Registry): void {
  const command = addConnection(
    registry
      .command("schedule")
      .summary("run the backup every night, with systemd or cron")
      .description(
        "Prints a hardened systemd service with its timer, or a crontab line. With --install it writes them, after confirmation.",
      )
      .addArgument(new Argument("<kind>", "the scheduler").choices(["systemd", "cron"]))
      .argument("[options...]", "options of the backup, after --"),
  )
    .option("--folder <dir>", "folder of the backups (default: that of backup)")
    .option("--on-calendar <when>", "systemd's OnCalendar= (default: *-*-* 03:00:00)")
    .option(
      "--every <time>",
      "back up at this interval instead of every night: 10m, 1h; below a day with --differential",
      timeSpan,
    )
    .option("--install", "write the files and start the timer")
    .option("--yes", "with --install: do not ask for confirmation")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump schedule systemd
  $ nexushub-dump schedule systemd --install -- --keep 30 --metrics-file /var/lib/prometheus/node-exporter/nexushub.prom
  $ nexushub-dump schedule systemd --every 10m
  $ nexushub-dump schedule cron --folder /srv/backups`,
    );
  registry.run(command, async () => (await import("./schedule-run.ts")).scheduleRun);
}
