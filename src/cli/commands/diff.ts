/** `diff A B`: what differs between two archives, or an archive and a database. */
import { type Registry, positiveInteger } from "../command.ts";

export function addDiff(registry: Registry): void {
  const command = registry
    .command("diff")
    .summary("compare two archives, or an archive and a database")
    .description(
      "Compares objects, rows by primary key, and sequences. Exit code 0 when nothing differs, 1 when something does.",
    )
    .argument("<a>", "before: an archive, or postgresql://…")
    .argument("<b>", "after: an archive, or postgresql://…")
    .option("-s, --schema-only", "objects alone")
    .option("-a, --data-only", "rows and sequences alone")
    .option(
      "--samples <n>",
      "rows to show of each table and kind of change (default: 5)",
      positiveInteger(0),
    )
    .option("--show-values", "show values instead of their lengths")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump diff monday.tar.gz tuesday.tar.gz
  $ nexushub-dump diff fixture.tar.gz postgresql://ci@localhost/nexushub --json`,
    );
  registry.run(command, async () => (await import("./diff-run.ts")).diffRun);
}
