/** `doctor [dir]`: can this host back up and restore? */
import { addConnection, type Registry } from "../command.ts";

export function addDoctor(registry: Registry): void {
  const command = addConnection(
    registry
      .command("doctor")
      .summary("can this host back up and restore?")
      .description(
        "Looks at deployment, server, privileges, key, disk space, the newest backup and the timer, and says what to do about each. Changes nothing. Exit code 1 when something is wrong.",
      )
      .argument("[dir]", "the folder of the backups (default: as backup has it)"),
  ).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump doctor
  $ nexushub-dump doctor /srv/backups --json`,
  );
  registry.run(command, async () => (await import("./doctor-run.ts")).doctorRun);
}
