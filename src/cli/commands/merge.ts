/** `merge FILE -o FULL`: a full archive of a differential one. */
import type { Registry } from "../command.ts";
import { addDecryption, addRecipients, addSigning } from "../encryption.ts";
import { underHeading } from "../help-headings.ts";

export function addMerge(registry: Registry): void {
  const command = registry
    .command("merge")
    .summary("make a differential archive full")
    .description(
      "Writes the full archive of a differential one and its base, which are left as they are. Nothing is decompressed.",
    )
    .argument("<file>", "the differential archive")
    .requiredOption("-o, --output <file>", "the archive to write, or - for standard output")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump merge nexushub-20260301T121000Z.differential.tar.gz -o at-noon.tar.gz
  $ nexushub-dump merge part.tar.gz --base /mnt/archive/full.tar.gz -o full.tar.gz`,
    );
  underHeading(command, "Connection options:", () =>
    command
      .option("--env-file <path>", "NexusHub's environment file (default: /etc/nexushub/env)")
      .option(
        "--compose-file <path>",
        "NexusHub's compose file (default: docker/docker-compose.prod.yml)",
      ),
  );
  addSigning(addRecipients(addDecryption(command)));
  registry.run(command, async () => (await import("./merge-run.ts")).mergeRun);
}
