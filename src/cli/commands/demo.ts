/** `demo`: dump, verify, restore and compare, on an embedded PostgreSQL. */
import type { Registry } from "../command.ts";
import { integerBetween } from "../option-values.ts";

export function addDemo(registry: Registry): void {
  const command = registry
    .command("demo")
    .summary("dump, verify, restore and compare, on an embedded PostgreSQL")
    .description(
      "Starts a PostgreSQL of its own, fills a database with invented NexusHub data, dumps it, shows the archive, restores it into a second database, and checks that both are equal. Leaves nothing behind.",
    )
    .option("--rows <n>", "rows in the audit log", integerBetween(0, 100_000_000), 200_000)
    .option("--major <n>", "PostgreSQL's major version", integerBetween(13, 18), 16)
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump demo
  $ nexushub-dump demo --rows 1000000 --major 18`,
    );
  registry.run(command, async () => (await import("./demo-run.ts")).demoRun);
}
