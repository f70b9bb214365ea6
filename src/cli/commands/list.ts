/** `list [DIR]`: the backups of a folder, and what is known of them. */
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addFactsIdentity, addFolder } from "../folder-options.ts";
import { addRetention } from "../retention-options.ts";
import { addKeptDatabases } from "./kept-databases.ts";

export function addList(registry: Registry): void {
  const command = addFolder(
    registry
      .command("list")
      .summary("list the backups of a folder, or what swaps keep of a database")
      .description(
        "Lists the backups of a folder, newest first: database, host, rows, size, growth, when each was verified and drilled, and why retention keeps it. Changes nothing and reads no archive whose facts are recorded.",
      ),
  );
  addKeptDatabases(
    command,
    "list the databases that restores with --swap keep of the database, in place of backups",
  );
  addFactsIdentity(addRetention(command)).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump list
  $ nexushub-dump list /srv/backups --json
  $ nexushub-dump list --databases`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./list-run.ts")).listRun);
}
