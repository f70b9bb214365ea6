/** `schedule systemd|cron`: the nightly backup as units or as a crontab line. */
import { Argument } from "commander";
import { addConnection, type Registry } from "../command.ts";

export function addSchedule(registry: Registry): void {
  const command = addConnection(
    registry
      .command("schedule")
      .summary("the nightly backup as systemd units or a crontab line")
      .description(
        "Prints a hardened systemd service with its timer, or a crontab line. With --install it writes them, once confirmed.",
      )
      .addArgument(new Argument("<kind>", "which scheduler").choices(["systemd", "cron"]))
      .argument("[options...]", "options of the backup, after --"),
  )
    .option("--folder <dir>", "where backups go (default: as backup has it)")
    .option("--on-calendar <when>", "systemd's OnCalendar= (default: *-*-* 03:00:00)")
    .option("--install", "write the files and start the timer")
    .option("--yes", "with --install: do not ask")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump schedule systemd
  $ nexushub-dump schedule systemd --install -- --keep 30 --metrics-file /var/lib/prometheus/node-exporter/nexushub.prom
  $ nexushub-dump schedule cron --folder /srv/backups`,
    );
  registry.run(command, async () => (await import("./schedule-run.ts")).scheduleRun);
}
