/** `list [DIR]`: the backups of a folder, and what is known of them. */
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addFactsIdentity, addFolder } from "../folder-options.ts";
import { addRetention } from "../retention-options.ts";

export function addList(registry: Registry): void {
  const command = addFolder(
    registry
      .command("list")
      .summary("list the backups of a folder")
      .description(
        "Lists the backups of a folder, newest first: database, host, rows, size, growth, when each was verified and drilled, and why retention keeps it. Changes nothing and reads no archive whose facts are recorded.",
      ),
  );
  addFactsIdentity(addRetention(command)).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump list
  $ nexushub-dump list /srv/backups --json`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./list-run.ts")).listRun);
}
