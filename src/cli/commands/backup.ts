/** `backup [dir]`: the backup of a NexusHub database. */
import type { Command } from "commander";
import { addConnection, addWait, type Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addEncryption, addSigning } from "../encryption.ts";
import { addMetrics, addNotify } from "../notify-options.ts";
import { collect, integerBetween, timeSpan } from "../option-values.ts";
import { addRetention, retentionRules } from "../retention-options.ts";
import { addStoreOptions } from "../store-options.ts";
import { underHeading } from "../help-headings.ts";

const EXAMPLES = `
Examples:
  $ nexushub-dump backup
  $ nexushub-dump backup /srv/backups --keep-daily 7 --keep-weekly 5 --keep-monthly 12
  $ nexushub-dump backup s3://backups/nexushub --lock-days 30
  $ nexushub-dump backup --keep 7 --copy-to s3://backups/nexushub --copy-keep daily=30,monthly=12
  $ nexushub-dump backup --differential --keep-hourly 48 --keep-daily 14
  $ nexushub-dump backup --encrypt-to age1… --metrics-file /var/lib/prometheus/node-exporter/nexushub.prom
  $ nexushub-dump backup --ping-url https://hc-ping.com/your-check --on-failure 'mail -s "$NEXUSHUB_DUMP_MESSAGE" root </dev/null'
  $ nexushub-dump backup --compose-file /srv/nexushub/docker/docker-compose.prod.yml --dry-run`;

export function addBackup(registry: Registry): void {
  const command = addWait(
    addConnection(
      registry
        .command("backup")
        .summary("back up NexusHub")
        .description(
          "Finds NexusHub's database, dumps it into nexushub-<UTC time>.tar.gz, verifies the archive, and removes old backups. When it fails, existing backups stay as they are.",
        )
        .argument(
          "[dir]",
          "folder of the backups, or s3://bucket/prefix (default: /var/backups/nexushub where /var/lib/nexushub exists, else ./backups)",
        ),
    ),
  );
  addRetention(command);
  addMetrics(addNotify(command));
  underHeading(command, "Retention options:", addCopyRetention);
  underHeading(command, "Archive options:", addArchiveOptions);
  addStoreOptions(command);
  underHeading(command, "Decryption options:", () =>
    command
      .option(
        "--identity <file>",
        "file with an age identity that opens earlier backups, to reuse the newest one and read signatures (repeatable)",
        collect,
      )
      .option(
        "--verify-key <file>",
        "let retention count only backups that this Ed25519 public key signed (repeatable)",
        collect,
      ),
  );
  addSigning(addEncryption(command))
    .option(
      "--copy-to <dir>",
      "copy the backup, and those that are missing there, to another folder or s3://bucket/prefix",
    )
    .option("--dry-run", "check everything; write and remove nothing")
    .addHelpText("after", EXAMPLES);
  addConfig(command);
  registry.run(command, async () => (await import("./backup-run.ts")).backupRun);
}

function addCopyRetention(command: Command): void {
  command.option(
    "--copy-keep <rules>",
    "with --copy-to: which backups are kept there: 30, or daily=30,monthly=12 (default: the same rules)",
    retentionRules,
  );
}

/** How the archive is written, and what it takes from earlier ones. */
function addArchiveOptions(command: Command): void {
  command
    .option("-Z, --compression <method>", "none, gzip:1..9 or zstd:1..19")
    .option(
      "-j, --jobs <n>",
      "connections that read in parallel (default: from the database's size and the cores)",
      integerBetween(1, 64),
    )
    .option("--roles", "record the roles that statements name, for restore --roles")
    .option(
      "--prove",
      "first restore the schema into a throwaway database, and fail where that fails",
    )
    .option("--into <url>", "with --prove: create the throwaway database on this server")
    .option("--no-reuse", "read all rows from the server, whatever the newest backup has")
    .option(
      "--differential",
      "leave rows that did not change in the newest full backup, which the new one then needs",
    )
    .option(
      "--full-every <time>",
      "with --differential: make a full backup when the newest one is so old: 12h, 7d (default: 1d)",
      timeSpan,
    );
}
