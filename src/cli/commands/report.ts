/** `report [DIR]`: a page about a folder of backups. */
import { addConfig } from "../config-options.ts";
import type { Registry } from "../command.ts";
import { collect, timeSpan } from "../option-values.ts";
import { addRetention } from "../retention-options.ts";

export function addReport(registry: Registry): void {
  const command = registry
    .command("report")
    .summary("write a page about a folder of backups")
    .description(
      "Writes one self-contained HTML page about a folder of backups: what is wrong, a timeline of backups and drills, recovery time and point, growth by table. It loads nothing and contains no secrets.",
    )
    .argument("[dir]", "folder of the backups (default: that of backup)")
    .option("-o, --output <file>", "the page to write", "nexushub-report.html");
  addRetention(command)
    .option(
      "--max-drill-age <time>",
      "maximum age of the last drill that passed: 30d (default: 100d)",
      timeSpan,
    )
    .option(
      "--identity <file>",
      "file with an age identity that opens encrypted backups of which nothing is recorded (repeatable)",
      collect,
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump report
  $ nexushub-dump report /srv/backups -o /srv/www/backups.html`,
    );
  addConfig(command);
  registry.run(command, async () => (await import("./report-run.ts")).reportRun);
}
