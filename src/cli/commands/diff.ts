/** `diff A B`: the differences between two archives, or an archive and a database. */
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";
import { nonNegativeInteger } from "../option-values.ts";

export function addDiff(registry: Registry): void {
  const command = registry
    .command("diff")
    .summary("compare two archives, or an archive and a database")
    .description(
      "Compares objects, rows by primary key, and sequences. Exit code 0 when both are equal, 1 when they differ.",
    )
    .argument("<a>", "before: an archive, or postgresql://…")
    .argument("<b>", "after: an archive, or postgresql://…")
    .option("-s, --schema-only", "compare only objects")
    .option("-a, --data-only", "compare only rows and sequences")
    .option(
      "--samples <n>",
      "rows to show for each table and kind of change (default: 5)",
      nonNegativeInteger,
    )
    .option("--show-values", "show values instead of their lengths")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump diff monday.tar.gz tuesday.tar.gz
  $ nexushub-dump diff fixture.tar.gz postgresql://ci@localhost/nexushub --json`,
    );
  addDecryption(command);
  registry.run(command, async () => (await import("./diff-run.ts")).diffRun);
}
