/** `verify FILE`: checks that an archive is intact. */
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";

export function addVerify(registry: Registry): void {
  const command = registry
    .command("verify")
    .summary("check that an archive is intact")
    .description(
      "Reads every byte of an archive and checks checksums, sizes, headers and rows. Exit code 4 when it is damaged.",
    )
    .argument("<file>", "the archive, or - for standard input")
    .option(
      "--against <url>",
      "compare with a live database as well; exit code 1 when it differs from the archive",
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump verify /var/backups/nexushub/nexushub-20260301T030000Z.tar.gz
  $ ssh host cat backup.tar.gz | nexushub-dump verify -
  $ nexushub-dump verify backup.tar.gz --against postgresql://app@db/shop`,
    );
  addDecryption(command);
  registry.run(command, async () => (await import("./verify-run.ts")).verifyRun);
}
