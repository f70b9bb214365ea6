/** `verify FILE`: checks that an archive is intact. */
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addDecryption } from "../encryption.ts";
import { addMetrics, addNotify } from "../notify-options.ts";
import { positiveInteger } from "../option-values.ts";

export function addVerify(registry: Registry): void {
  const command = registry
    .command("verify")
    .summary("check that an archive is intact")
    .description(
      "Reads every byte of an archive and checks checksums, sizes, headers and rows. Exit code 4 when it is damaged.",
    )
    .argument(
      "<file>",
      "the archive or plain dump of pg_dump, - for standard input, or a folder of backups",
    )
    .option(
      "--against <url>",
      "compare with a live database as well; exit code 1 when it differs from the archive",
    )
    .option("--newest <n>", "of a folder: verify the newest n", positiveInteger)
    .option(
      "--least-recently-checked <n>",
      "of a folder: verify the n that were not verified for the longest time",
      positiveInteger,
    )
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump verify /var/backups/nexushub/nexushub-20260301T030000Z.tar.gz
  $ nexushub-dump verify /var/backups/nexushub --newest 1 --least-recently-checked 5
  $ ssh host cat backup.tar.gz | nexushub-dump verify -
  $ nexushub-dump verify backup.tar.gz --against postgresql://app@db/shop`,
    );
  addDecryption(command);
  addMetrics(addNotify(command));
  addConfig(command);
  registry.run(command, async () => (await import("./verify-run.ts")).verifyRun);
}
