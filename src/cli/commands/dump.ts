/** `dump -o FILE`: one archive of any database. */
import { Option } from "commander";
import {
  addConnection,
  collect,
  keyValue,
  type Registry,
  sectionOption,
  positiveInteger,
} from "../command.ts";
import { addEncryption } from "../encryption.ts";

export function addDump(registry: Registry): void {
  const command = addConnection(
    registry
      .command("dump")
      .summary("write one archive of a database")
      .description(
        "Writes one consistent archive of a database. It appears under its name only when it is complete.",
      )
      .requiredOption("-o, --output <file>", "the archive to write, or - for standard output"),
  )
    .option("-n, --schema <pattern>", "only these schemas (repeatable)", collect)
    .option("-N, --exclude-schema <pattern>", "not these schemas (repeatable)", collect)
    .option("-t, --table <pattern>", "only these relations (repeatable)", collect)
    .option("-T, --exclude-table <pattern>", "not these relations (repeatable)", collect)
    .option(
      "--exclude-table-data <pattern>",
      "these relations without their rows (repeatable)",
      collect,
    )
    .option("-e, --extension <pattern>", "only these extensions (repeatable)", collect)
    .option("--filter <file>", "read patterns from a file, as pg_dump does (repeatable)", collect)
    .option("--strict-names", "fail when a pattern matches nothing")
    .option("-s, --schema-only", "no rows")
    .option("-a, --data-only", "rows alone")
    .addOption(sectionOption("dump"))
    .option(
      "--where <table: condition>",
      "only the rows that satisfy the condition (repeatable)",
      keyValue,
    )
    .option(
      "--mask <table.column: expression>",
      "replace a column's values on the server, by SQL or by @email, @name, @pseudonym, @ip, @user-agent, @token-hash, @text, @json, @null, @constant(…) (repeatable)",
      keyValue,
    )
    .option(
      "--sample <table: rows>",
      "only 'newest 1000', '5%' or 'where …', with the rows that these refer to (repeatable)",
      keyValue,
    )
    .addOption(
      new Option(
        "--preset <name>",
        "ci: a NexusHub database for tests, without sessions and tokens, all else masked, keys replaced",
      ).choices(["ci"]),
    )
    .option(
      "-j, --jobs <n>",
      "connections that read at once (default: from size and cores)",
      positiveInteger(1, 64),
    )
    .option("--owner", "record who owns what")
    .option("--privileges", "record privileges")
    .option("-Z, --compression <method>", "none, gzip:1..9 or zstd:1..19 (default: gzip:4)")
    .option("--reproducible", "the same contents give the same bytes")
    .option(
      "--part-size <bytes>",
      "COPY text in one part of the archive",
      positiveInteger(1, 1 << 30),
    )
    .option("--skip-unsupported", "leave out what cannot be carried, with a warning")
    .option(
      "--lock-timeout <ms>",
      "how long to wait for a table's lock (default: 60000)",
      positiveInteger(0),
    )
    .option("--no-tablespaces", "leave out tablespaces")
    .option("--no-table-access-method", "leave out table access methods")
    .option("--user-mapping-secrets", "carry the options of user mappings, passwords among them")
    .option(
      "--database-properties",
      "carry what belongs to the database itself: comment, owner, privileges, settings",
    )
    .option("--allow-newer-server", "dump a server newer than the newest tested one")
    .addHelpText(
      "after",
      `
Examples:
  $ nexushub-dump dump -d postgresql://app@db/shop -o shop.tar.gz
  $ nexushub-dump dump -o - --schema-only | nexushub-dump inspect - --sql
  $ nexushub-dump dump -o small.tar.gz --where "audit_log: occurred_at > now() - interval '7 days'"
  $ nexushub-dump dump -o ci.tar.gz --mask "users.email: @email" --sample "audit_log: newest 1000"

$NEXUSHUB_DUMP_MASK_KEY keys the named masks: the same key gives the same pseudonyms.`,
    );
  addEncryption(command);
  registry.run(command, async () => (await import("./dump-run.ts")).dumpRun);
}
