/** `drill [FILE or dir]`: proves that a backup can be restored. */
import { InvalidArgumentError } from "commander";
import type { Registry } from "../command.ts";
import { addDecryption } from "../encryption.ts";

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `36h`, `7d`, `90m` in milliseconds. */
function age(text: string): number {
  const [, number, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  if (number === undefined || unit === undefined)
    throw new InvalidArgumentError("write it as 90m, 36h or 7d.");
  return Number(number) * UNITS[unit]!;
}

export function addDrill(registry: Registry): void {
  const command = registry
    .command("drill")
    .summary("prove that a backup can be restored")
    .description(
      "Restores the newest backup of a folder, or one archive, into a throwaway PostgreSQL, and looks whether what came out is sound: rows, constraints, sequences, migrations, sealed values, a peer's configuration. Exit code 1 when a probe fails.",
    )
    .argument("[file or dir]", "an archive, or a folder of backups (default: as backup has it)")
    .option(
      "--into <url>",
      "a server to make a scratch database on, instead of an embedded PostgreSQL",
    )
    .option(
      "--peer <id>",
      "the peer whose configuration is rendered (default: the one changed last)",
    )
    .option("--reveal", "show that configuration with its secrets")
    .option("--max-age <age>", "how old the newest audit entry may be: 36h, 7d (default: 7d)", age)
    .option("--html <file>", "write the report as a page")
    .option("--junit <file>", "write the report as JUnit XML")
    .option(
      "--env-file <path>",
      "NexusHub's environment file, for the key (default: /etc/nexushub/env)",
    )
    .option("--compose-file <path>", "NexusHub's compose file, for the key");
  addDecryption(command).addHelpText(
    "after",
    `
The key is taken from PEER_KEY_ENCRYPTION_KEY, the file of --env-file, or the deployment on this host.

Examples:
  $ nexushub-dump drill
  $ nexushub-dump drill /srv/backups --html drill.html --junit drill.xml
  $ nexushub-dump drill nexushub-20260301T030000Z.tar.gz.age --identity key.txt --env-file ./env
  $ nexushub-dump drill backup.tar.gz --into postgresql://postgres@localhost --peer 6f0e… --reveal`,
  );
  registry.run(command, async () => (await import("./drill-run.ts")).drillRun);
}
