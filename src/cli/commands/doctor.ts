/** `doctor [dir]`: checks whether this host can back up and restore. */
import { addConnection, addWait, type Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addFolder, addMaxDrillAge } from "../folder-options.ts";

export function addDoctor(registry: Registry): void {
  const command = addMaxDrillAge(
    addWait(
      addConnection(
        addFolder(
          registry
            .command("doctor")
            .summary("check whether this host can back up and restore")
            .description(
              "Checks deployment, server, privileges, key, disk space, the newest backup and the timer, and says what to do about each problem. Changes nothing. Exit code 1 when a check fails.",
            ),
        ),
      ),
    ),
  ).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump doctor
  $ nexushub-dump doctor /srv/backups --json`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./doctor-run.ts")).doctorRun);
}
