/** `convert FILE DUMP`: a plain dump of an archive. */
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";
import { collect } from "../option-values.ts";

export function addConvert(registry: Registry): void {
  const command = registry
    .command("convert")
    .summary("write an archive as a plain dump for psql")
    .description(
      "Writes an archive as SQL in one file, as pg_dump does: psql restores it, and a container's init folder takes it.",
    )
    .argument("<file>", "the archive, or - for standard input")
    .argument("[dump]", "the file to write; .gz and .zst compress it")
    .option("-o, --output <dump>", "the same; - is standard output")
    .option("-t, --table <pattern>", "only these tables, with what they need (repeatable)", collect)
    .option("--schema-only", "no rows and no positions of sequences")
    .option("--owner", "write the recorded owners; their roles must exist where it is restored")
    .option("--privileges", "write the recorded privileges; likewise")
    .option("--roles", "make the recorded roles that are missing; existing ones stay as they are")
    .option(
      "--no-restrict",
      "leave out \\restrict, which a psql older than August 2025 does not know; only for an archive that you trust",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump convert nexushub-20260301T030000Z.tar.gz nexushub.sql.gz
  $ nexushub-dump convert backup.tar.gz -o - | psql -X -1 -v ON_ERROR_STOP=1 shop_copy
  $ nexushub-dump convert backup.tar.gz.age --identity key.txt initdb/01-shop.sql.gz`,
    );
  addDecryption(command);
  registry.run(command, async () => (await import("./convert-run.ts")).convertRun);
}
