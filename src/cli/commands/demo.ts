/** `demo`: the whole story on an embedded PostgreSQL. */
import { type Registry, positiveInteger } from "../command.ts";

export function addDemo(registry: Registry): void {
  const command = registry
    .command("demo")
    .summary("the whole story on an embedded PostgreSQL")
    .description(
      "Starts a PostgreSQL of its own, fills it with a made-up NexusHub, dumps it, shows the archive, restores it into a second database and proves that both are equal. Leaves nothing behind.",
    )
    .option("--rows <n>", "rows in the audit log", positiveInteger(0, 100_000_000), 200_000)
    .option("--major <n>", "PostgreSQL's major version", positiveInteger(13, 18), 16)
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump demo
  $ nexushub-dump demo --rows 1000000 --major 18`,
    );
  registry.run(command, async () => (await import("./demo-run.ts")).demoRun);
}
