/** `inspect FILE`: the contents of an archive, without a database. */
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";

export function addInspect(registry: Registry): void {
  const command = registry
    .command("inspect")
    .summary("show what an archive contains")
    .description(
      "Shows where an archive comes from, its objects, and its relations with rows and sizes. Needs no database.",
    )
    .argument("<file>", "the archive or plain dump of pg_dump, or - for standard input")
    .option("--sql", "print the schema as SQL instead")
    .option(
      "--code",
      "list what runs code at or after a restore, and statements that no dump writes",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump inspect nexushub-20260301T030000Z.tar.gz
  $ nexushub-dump inspect backup.tar.gz --json | jq '.relations[].name'
  $ nexushub-dump inspect backup.tar.gz --sql > schema.sql
  $ nexushub-dump inspect backup.tar.gz --code`,
    );
  addDecryption(command);
  registry.run(command, async () => (await import("./inspect-run.ts")).inspectRun);
}
