/**
 * What people type from habit, because `pg_dump` and `pg_restore` have it: options that exist here under another name,
 * and a hint for those that do not. Pure.
 */

/** The same option here; a value follows where it takes one. */
const ALIASES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  dump: {
    "-f": "--output",
    "--file": "--output",
    "-O": "--no-owner",
    "-x": "--no-privileges",
    "--no-acl": "--no-privileges",
    "-B": "--no-large-objects",
    "--no-blobs": "--no-large-objects",
    "--dbname": "--database-url",
    "--lock-wait-timeout": "--lock-timeout",
    "--compress": "--compression",
    "--no-data": "--schema-only",
    "--no-schema": "--data-only",
  },
  restore: {
    "--dbname": "--database-url",
    "--no-data": "--schema-only",
    "--no-schema": "--data-only",
  },
};

const CONNECTION =
  "name the database in a connection string, -d postgresql://user@host:port/database, or in PGHOST, PGPORT, PGUSER and PGDATABASE";
const PASSWORD = "put the password into PGPASSWORD or the passfile, never on the command line";
const FORMAT =
  "an archive has one format; -Z chooses the compression, and unpack makes a folder of it";
const ONE_TRANSACTION =
  "every restore is one transaction that stops at the first error: leave it out";
const CLEAN = "restore --force drops what the archive replaces, in the same transaction";
const CREATE = "create the database first (createdb), then restore into it";
const PLAIN = "an archive is no SQL script; inspect --sql prints the schema as SQL";
const NEEDLESS = "leave it out: an archive does not need it";
const ON_REQUEST =
  "a restore sets owners with --owner and privileges with --privileges, and leaves them out otherwise";

const HINTS: Readonly<Record<string, string>> = {
  "-h": CONNECTION,
  "--host": CONNECTION,
  "-p": CONNECTION,
  "--port": CONNECTION,
  "-U": CONNECTION,
  "--username": CONNECTION,
  "-w": PASSWORD,
  "--no-password": PASSWORD,
  "-W": PASSWORD,
  "--password": PASSWORD,
  "-F": FORMAT,
  "--format": FORMAT,
  "-c": CLEAN,
  "--clean": CLEAN,
  "--if-exists": CLEAN,
  "-C": CREATE,
  "--create": CREATE,
  "-1": ONE_TRANSACTION,
  "--single-transaction": ONE_TRANSACTION,
  "-e": ONE_TRANSACTION,
  "--exit-on-error": ONE_TRANSACTION,
  "-O": ON_REQUEST,
  "-x": ON_REQUEST,
  "--no-owner": ON_REQUEST,
  "--no-privileges": ON_REQUEST,
  "--no-acl": ON_REQUEST,
  "--no-sync": NEEDLESS,
  "--sync-method": NEEDLESS,
  "--disable-dollar-quoting": NEEDLESS,
  "--extra-float-digits": NEEDLESS,
  "--restrict-key": NEEDLESS,
  "--use-set-session-authorization": NEEDLESS,
  "--serializable-deferrable": NEEDLESS,
  "--transaction-size": ONE_TRANSACTION,
  "--no-data-for-failed-tables": ONE_TRANSACTION,
  "--sequence-data": "positions of sequences are dumped and restored with the rows",
  "--statistics-only": "planner statistics are part of an archive: dump --statistics",
  "-v": "progress is shown on a terminal; --log-format json prints every event",
  "--verbose": "progress is shown on a terminal; --log-format json prints every event",
  "-b": "large objects are always dumped; --no-large-objects leaves them out",
  "--blobs": "large objects are always dumped; --no-large-objects leaves them out",
  "--large-objects": "large objects are always dumped; --no-large-objects leaves them out",
  "-E": "the archive keeps the database's encoding, and a restore converts",
  "--encoding": "the archive keeps the database's encoding, and a restore converts",
  "--inserts": PLAIN,
  "--column-inserts": PLAIN,
  "--rows-per-insert": PLAIN,
  "--on-conflict-do-nothing": PLAIN,
  "--quote-all-identifiers": PLAIN,
  "-f": "restore writes into a database; inspect --sql prints the schema as SQL",
  "--file": "restore writes into a database; inspect --sql prints the schema as SQL",
  "-j": "a restore is one transaction on one connection",
  "--jobs": "a restore is one transaction on one connection",
  "-I": "restore -t selects a table with its indexes; --use-list selects single objects",
  "--index": "restore -t selects a table with its indexes; --use-list selects single objects",
  "-P": "--use-list selects single objects",
  "--function": "--use-list selects single objects",
  "--trigger": "--use-list selects single objects",
  "--attribute-inserts": PLAIN,
  "--binary-upgrade": "it is for pg_upgrade alone: leave it out",
  "--disable-triggers": "a restore of rows alone has it: restore --data-only --disable-triggers",
  "--enable-row-security":
    "a dump has it, and a restore loads rows whatever policies say: leave it out",
  "--no-table-access-method": "a dump leaves them out: dump --no-table-access-method",
  "--statistics": "a restore sets the statistics that the archive holds: leave it out",
  "--strict-names":
    "a restore fails in any case when a pattern for tables or schemas matches nothing: leave it out",
  "--with-data": NEEDLESS,
  "--with-schema": NEEDLESS,
  "--with-statistics": "planner statistics are part of an archive: dump --statistics",
  "-S": "a restore needs no superuser to disable triggers",
  "--superuser": "a restore needs no superuser to disable triggers",
};

/** The arguments with the names that this program has for the options of others. */
export function withAliases(argv: readonly string[]): string[] {
  const aliases = ALIASES[argv[0] ?? ""];
  if (aliases === undefined) return [...argv];
  const end = argv.indexOf("--");
  return argv.map((word, index) => {
    if (end >= 0 && index >= end) return word;
    const [, name = word, value = ""] = /^(--[^=]+)(=.*)$/s.exec(word) ?? [];
    const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    return alias === undefined ? word : `${alias}${value}`;
  });
}

/** What to write instead of an option that the program does not have. */
export function habitHint(option: string): string | undefined {
  const name = option.startsWith("--") ? option.split("=", 1)[0]! : option.slice(0, 2);
  return Object.hasOwn(HINTS, name) ? HINTS[name] : undefined;
}

/** `-h HOST`, which is a request for help here: the option that was meant, if a value follows it. */
export function meantHost(argv: readonly string[]): string | undefined {
  const index = argv.indexOf("-h");
  const value = index > 0 ? argv[index + 1] : undefined;
  return value === undefined || value.startsWith("-") ? undefined : `-h ${value}`;
}
