/** `schedule systemd|cron|drill|remove`: the nightly backup, and drills, as systemd units or crontab lines. */
import { Argument, Option } from "commander";
import { addConnection, type Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { timeSpan } from "../option-values.ts";

export function addSchedule(registry: Registry): void {
  const command = addConnection(
    registry
      .command("schedule")
      .summary("run backups and drills by themselves, with systemd or cron")
      .description(
        "Prints a hardened systemd service with its timer, or a crontab line, for the backup or (drill) for drills. With --install it writes them, after confirmation; remove takes them away again.",
      )
      .addArgument(
        new Argument("<kind>", "the backup with a scheduler, or what to do").choices([
          "systemd",
          "cron",
          "drill",
          "remove",
        ]),
      )
      .argument("[options...]", "options of the backup or the drill, after --"),
  )
    .addOption(
      new Option(
        "--with <scheduler>",
        "of drill: the scheduler (default: systemd where it runs, else cron)",
      ).choices(["systemd", "cron"]),
    )
    .option("--folder <dir>", "folder of the backups (default: that of backup)")
    .option(
      "--on-calendar <when>",
      "systemd's OnCalendar= (default: *-*-* 03:00:00; of drills Sun *-*-* 04:30:00)",
    )
    .option(
      "--every <time>",
      "back up at this interval instead of every night: 10m, 1h; below a day with --differential. Drills: 1d, 7d, 30d, 90d",
      timeSpan,
    )
    .option("--install", "write the files and start the timer")
    .option("--yes", "with --install and remove: do not ask for confirmation")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump schedule systemd
  $ nexushub-dump schedule systemd --install -- --keep 30 --metrics-file /var/lib/prometheus/node-exporter/nexushub.prom
  $ nexushub-dump schedule systemd --every 10m
  $ nexushub-dump schedule cron --folder /srv/backups
  $ nexushub-dump schedule drill --every 30d --install -- --ping-url https://hc-ping.com/your-check
  $ nexushub-dump schedule remove`,
    );
  addConfig(command);
  registry.run(command, async () => (await import("./schedule-run.ts")).scheduleRun);
}
