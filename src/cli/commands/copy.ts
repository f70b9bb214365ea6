/** `copy FROM TO`: a second copy of backups, between folders of this machine and of object stores. */
import type { Registry } from "../command.ts";
import { addMetrics, addNotify } from "../notify-options.ts";
import { underHeading } from "../help-headings.ts";
import { collect, positiveInteger } from "../option-values.ts";
import { addStoreOptions } from "../store-options.ts";

export function addCopy(registry: Registry): void {
  const command = registry
    .command("copy")
    .summary("copy backups to another folder or object store")
    .description(
      "Copies an archive, or those backups of a folder that the other folder does not have, byte for byte. Each copy is verified, and nothing is replaced.",
    )
    .argument("<from>", "an archive or a folder of backups: a path, or s3://bucket/prefix")
    .argument("<to>", "the folder to copy into, or for an archive the name of its copy")
    .option(
      "--newest <n>",
      "of a folder: copy only of the newest n those that are missing",
      positiveInteger,
    );
  underHeading(command, "Decryption options:", () =>
    command
      .option(
        "--identity <file>",
        "file with an age identity that opens encrypted archives, to verify their contents (repeatable)",
        collect,
      )
      .option(
        "--passphrase-file <file>",
        "file whose first line is the passphrase that opens encrypted archives, likewise",
      ),
  );
  addStoreOptions(command);
  addMetrics(addNotify(command)).addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump copy /var/backups/nexushub s3://backups/nexushub
  $ nexushub-dump copy /var/backups/nexushub s3://backups/nexushub --newest 1 --limit-rate 5M
  $ nexushub-dump copy s3://backups/nexushub/nexushub-20260301T030000Z.tar.gz .
  $ nexushub-dump copy shop.tar.gz /mnt/usb/shop-2026.tar.gz`,
  );
  registry.run(command, async () => (await import("./copy-run.ts")).copyRun);
}
