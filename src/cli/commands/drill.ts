/** `drill [FILE or dir]`: checks that a backup can be restored, by restoring it. */
import type { Registry } from "../command.ts";
import { addConfig } from "../config-options.ts";
import { addDecryption } from "../encryption.ts";
import { addMetrics, addNotify } from "../notify-options.ts";
import { timeSpan } from "../option-values.ts";
import { underHeading } from "../help-headings.ts";

export function addDrill(registry: Registry): void {
  const command = registry
    .command("drill")
    .summary("check that a backup can be restored, by restoring it")
    .description(
      "Restores the newest backup of a folder, one archive, or a plain dump, into a throwaway PostgreSQL, and checks the result: rows, constraints, sequences, migrations, sealed values, a peer's configuration. Exit code 1 when a probe fails.",
    )
    .argument(
      "[file or dir]",
      "an archive, a plain dump, a folder of backups, or latest (default: the folder of backup)",
    )
    .option(
      "--into <url>",
      "create the scratch database on this server instead of an embedded PostgreSQL",
    )
    .option("--as-plain-role", "restore as a role without superuser that owns the scratch database")
    .option(
      "--sign-key <file>",
      "sign the record of the drill in the folder's ledger with an Ed25519 private key",
    )
    .option("--html <file>", "write the report as an HTML page")
    .option("--junit <file>", "write the report as JUnit XML");
  underHeading(command, "Check options:", () =>
    command
      .option(
        "--peer <id>",
        "the peer whose configuration is rendered (default: the latest changed)",
      )
      .option("--reveal", "show that configuration with its secrets")
      .option(
        "--max-age <age>",
        "maximum age of the newest audit entry: 36h, 7d (default: 7d)",
        timeSpan,
      ),
  );
  underHeading(command, "Connection options:", () =>
    command
      .option(
        "--env-file <path>",
        "NexusHub's environment file, for the key (default: /etc/nexushub/env)",
      )
      .option("--compose-file <path>", "NexusHub's compose file, for the key"),
  );
  addMetrics(addNotify(command));
  addDecryption(command).addHelpText(
    "after",
    `
The key comes from PEER_KEY_ENCRYPTION_KEY, the file of --env-file, or the deployment on this host.

Examples:
  $ nexushub-dump drill
  $ nexushub-dump drill /srv/backups --html drill.html --junit drill.xml
  $ nexushub-dump drill nexushub-20260301T030000Z.tar.gz.age --identity key.txt --env-file ./env
  $ nexushub-dump drill /var/backups/nexushub/nexushub-20260423T030001Z.sql.gz
  $ nexushub-dump drill backup.tar.gz --into postgresql://postgres@localhost --peer 6f0e… --reveal`,
  );
  addConfig(command);
  registry.run(command, async () => (await import("./drill-run.ts")).drillRun);
}
