/** `dump -o FILE`: an archive of any database. */
import { type Command, Option } from "commander";
import { addConnection, addWait, type Registry } from "../command.ts";
import { addEncryption, addSigning } from "../encryption.ts";
import { addKindOptions } from "../kind-options.ts";
import { addTablePatterns } from "../table-pattern-options.ts";
import {
  collect,
  integerBetween,
  keyValue,
  nonNegativeInteger,
  sectionOption,
} from "../option-values.ts";
import { addStoreOptions } from "../store-options.ts";
import { underHeading } from "../help-headings.ts";

export function addDump(registry: Registry): void {
  const command = addWait(
    addConnection(
      registry
        .command("dump")
        .summary("write an archive of a database")
        .description(
          "Writes a consistent archive of a database. The file appears under its name only when it is complete.",
        )
        .requiredOption(
          "-o, --output <file>",
          "the archive to write: a file, s3://bucket/key, or - for standard output",
        ),
    ),
  );
  underHeading(command, "Selection options:", addSelection);
  underHeading(command, "Row options:", addRowOptions);
  underHeading(command, "Reading options:", addReaderOptions);
  underHeading(command, "Archive options:", addArchiveOptions);
  underHeading(command, "Check options:", addProof);
  addStoreOptions(command);
  command.addHelpText(
    "after",
    `
Examples:
  $ nexushub-dump dump -d postgresql://app@db/shop -o shop.tar.gz
  $ nexushub-dump dump -o - --schema-only | nexushub-dump inspect - --sql
  $ nexushub-dump dump -o small.tar.gz --where "audit_log: occurred_at > now() - interval '7 days'"
  $ nexushub-dump dump -o s3://backups/shop/monday.tar.gz --limit-rate 20M
  $ nexushub-dump dump -o today.tar.gz --reuse yesterday.tar.gz
  $ nexushub-dump dump -o at-noon.tar.gz --differential today.tar.gz
  $ nexushub-dump dump -o shop.tar.gz --roles
  $ nexushub-dump dump -o ci.tar.gz --mask "users.email: @email" --sample "audit_log: newest 1000"

$NEXUSHUB_DUMP_MASK_KEY is the key of named masks: the same key gives the same pseudonyms.`,
  );
  addSigning(addEncryption(command));
  registry.run(command, async () => (await import("./dump-run.ts")).dumpRun);
}

/** Which objects are dumped: pg_dump's options. */
function addSelection(command: Command): void {
  command
    .option("-n, --schema <pattern>", "dump only these schemas (repeatable)", collect)
    .option("-N, --exclude-schema <pattern>", "leave out these schemas (repeatable)", collect)
    .option("-t, --table <pattern>", "dump only these relations (repeatable)", collect);
  addTablePatterns(command)
    .option("-e, --extension <pattern>", "dump only these extensions (repeatable)", collect)
    .option("--exclude-extension <pattern>", "leave out these extensions (repeatable)", collect)
    .option(
      "--include-foreign-data <pattern>",
      "dump the rows of foreign tables of these servers, too (repeatable)",
      collect,
    )
    .option("--filter <file>", "read patterns from a file, as pg_dump does (repeatable)", collect)
    .option("--strict-names", "fail when a pattern matches nothing")
    .option("-s, --schema-only", "leave out all rows")
    .option("-a, --data-only", "dump only rows and sequence positions")
    .addOption(sectionOption("dump"));
  addKindOptions(command);
}

/** Which rows are dumped, and with which values. */
function addRowOptions(command: Command): void {
  command
    .option(
      "--where <table: condition>",
      "dump only the rows that satisfy the condition (repeatable)",
      keyValue,
    )
    .option(
      "--mask <table.column: expression>",
      "replace a column's values on the server, by SQL or by @email, @name, @pseudonym, @ip, @user-agent, @token-hash, @text, @json, @null, @constant(…) (repeatable)",
      keyValue,
    )
    .option(
      "--sample <table: rows>",
      "dump only 'newest 1000', '5%' or 'where …', with the rows that they refer to (repeatable)",
      keyValue,
    )
    .addOption(
      new Option(
        "--preset <name>",
        "ci: a NexusHub database for tests, without sessions and tokens, everything else masked, keys replaced",
      ).choices(["ci"]),
    );
}

/** As whom, over how many connections and how the database is read. */
function addReaderOptions(command: Command): void {
  command
    .option("--role <name>", "SET ROLE to this role on every connection")
    .option("--snapshot <name>", "read a snapshot that another session exported")
    .option(
      "--enable-row-security",
      "dump only the rows that row security lets the role see, with a warning for each table",
    )
    .option(
      "-j, --jobs <n>",
      "connections that read in parallel (default: from the database's size and the cores)",
      integerBetween(1, 64),
    )
    .option(
      "--lock-timeout <ms>",
      "how long to wait for a table's lock (default: 60000)",
      nonNegativeInteger,
    )
    .option(
      "--allow-newer-server",
      "kept for scripts: a newer server than was tested is dumped with a warning",
    );
}

/** What is done beforehand to be sure that the archive can be restored. */
function addProof(command: Command): void {
  command
    .option(
      "--prove",
      "first restore the schema into a throwaway database, and fail where that fails",
    )
    .option("--into <url>", "with --prove: create the throwaway database on this server")
    .option("--skip-unsupported", "leave out objects that cannot be dumped, with a warning");
}

/** How the archive is written, and what is recorded in it. */
function addArchiveOptions(command: Command): void {
  command
    .option("--owner", "record the owners of objects (default, but for fixtures)")
    .option("--no-owner", "leave out the owners of objects")
    .option("--privileges", "record privileges (default, but for fixtures)")
    .option("--no-privileges", "leave out privileges")
    .option("--roles", "record the roles that statements name, for restore --roles")
    .option("--role-passwords", "record their hashed passwords, too; implies --roles")
    .option("--statistics", "record the planner's statistics (default for backups of 18 and later)")
    .option("--no-statistics", "leave out the planner's statistics")
    .option("-Z, --compression <method>", "none, gzip:1..9 or zstd:1..19 (default: gzip:4)")
    .option("--reproducible", "write the same bytes for the same contents")
    .option(
      "--part-size <bytes>",
      "COPY text in one part of the archive",
      integerBetween(1, 1 << 30),
    )
    .option("--units", "record which row versions are dumped, so that --reuse can compare them")
    .option(
      "--reuse <archive>",
      "copy rows that did not change from an earlier archive of the database; implies --units",
    )
    .option(
      "--differential <base>",
      "leave rows that did not change in this full archive, which the new one then needs; implies --units",
    )
    .option(
      "--identity <file>",
      "file with an age identity that opens the archive of --reuse or --differential (repeatable)",
      collect,
    )
    .option("--no-tablespaces", "leave out tablespaces")
    .option("--no-table-access-method", "leave out table access methods")
    .option("--no-toast-compression", "leave out the compression methods of columns")
    .option(
      "--user-mapping-secrets",
      "dump the options of user mappings, which can include passwords",
    )
    .option(
      "--database-properties",
      "dump the database's own comment, owner, privileges and settings",
    )
    .option(
      "--load-via-partition-root",
      "record that rows of partitions are loaded through the topmost partitioned table",
    );
}
