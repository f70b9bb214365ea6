/** `report [DIR]`: a page about a folder of backups. */
import { addConfig } from "../config-options.ts";
import type { Registry } from "../command.ts";
import { addFactsIdentity, addFolder, addMaxDrillAge } from "../folder-options.ts";
import { addRetention } from "../retention-options.ts";

export function addReport(registry: Registry): void {
  const command = addFolder(
    registry
      .command("report")
      .summary("write a page about a folder of backups")
      .description(
        "Writes one self-contained HTML page about a folder of backups: what is wrong, a timeline of backups and drills, recovery time and point, growth by table. It loads nothing and contains no secrets.",
      ),
  ).option("-o, --output <file>", "the page to write", "nexushub-report.html");
  addFactsIdentity(addMaxDrillAge(addRetention(command))).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump report
  $ nexushub-dump report /srv/backups -o /srv/www/backups.html`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./report-run.ts")).reportRun);
}
