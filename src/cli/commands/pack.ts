/** `pack` and `unpack`: an archive as a folder for version control, and back. */
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";

export function addPack(registry: Registry): void {
  const pack = registry
    .command("pack")
    .summary("turn an archive into a folder for version control")
    .description(
      "Writes the schema as SQL, one sorted COPY file for each table, and a manifest into a folder. Packing into the same folder again changes only the files whose contents changed.",
    )
    .argument("<file>", "the archive, or - for standard input")
    .argument("<folder>", "a new or empty folder, or one that pack wrote")
    .addHelpText(
      "after",
      `
Example:
  $ nexushub-dump dump --reproducible -o - | nexushub-dump pack - fixtures/shop`,
    );
  addDecryption(pack);
  registry.run(pack, async () => (await import("./pack-run.ts")).packRun);
  const unpack = registry
    .command("unpack")
    .summary("turn such a folder back into an archive")
    .description("Writes the archive of a folder that pack wrote.")
    .argument("<folder>", "the folder")
    .argument("<file>", "the archive to write, or - for standard output")
    .addHelpText(
      "after",
      `
Example:
  $ nexushub-dump unpack fixtures/shop - | nexushub-dump restore - -d postgresql://ci@localhost/test`,
    );
  registry.run(unpack, async () => (await import("./pack-run.ts")).unpackRun);
}
