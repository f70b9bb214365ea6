import { expect, test } from "vitest";
import { createProgram } from "../../../src/cli/program.ts";
import { SILENT } from "../../../src/cli/registry.ts";
import { habitHint, meantHost, withAliases } from "../../../src/cli/habits.ts";

test.each([
  ["dump -f a.tar.gz -O -x", "dump --output a.tar.gz --no-owner --no-privileges"],
  [
    "dump --file=a.tar.gz --dbname=postgresql://db/x",
    "dump --output=a.tar.gz --database-url=postgresql://db/x",
  ],
  ["dump -B -o a", "dump --no-large-objects -o a"],
  ["dump --compress=none --no-data -o a", "dump --compression=none --schema-only -o a"],
  ["restore a --no-schema", "restore a --data-only"],
  ["restore a -O", "restore a -O"],
  ["schedule cron -- -f x", "schedule cron -- -f x"],
])("%s is understood as %s", (typed, meant) => {
  expect(withAliases(typed.split(" ")).join(" ")).toBe(meant);
});

test("what is not ours has a hint, with or without its value", () => {
  for (const option of ["-Fc", "--format=c", "-F"])
    expect(habitHint(option)).toContain("one format");
  expect(habitHint("--clean")).toContain("--force");
  expect(habitHint("-U")).toContain("PGUSER");
  expect(habitHint("--no-acl")).toContain("--privileges");
  expect(habitHint("--no-sync")).toContain("leave it out");
  expect(habitHint("--frobnicate")).toBeUndefined();
  expect(habitHint("constructor")).toBeUndefined();
});

/** The long options of PostgreSQL 18's programs (PostgreSQL docs, pg_dump and pg_restore), and names that they had before. */
const THEIRS = {
  dump: `file format jobs verbose compress lock-wait-timeout no-sync sync-method data-only large-objects blobs no-large-objects no-blobs
    clean create extension encoding schema exclude-schema no-owner schema-only superuser table exclude-table no-privileges no-acl
    binary-upgrade column-inserts attribute-inserts disable-dollar-quoting disable-triggers enable-row-security exclude-extension
    exclude-table-and-children exclude-table-data exclude-table-data-and-children extra-float-digits filter if-exists
    include-foreign-data inserts load-via-partition-root no-comments no-data no-policies no-publications no-schema no-security-labels
    no-statistics no-subscriptions no-table-access-method no-tablespaces no-toast-compression no-unlogged-table-data
    on-conflict-do-nothing quote-all-identifiers restrict-key rows-per-insert section sequence-data serializable-deferrable snapshot
    statistics statistics-only strict-names table-and-children use-set-session-authorization dbname host port username no-password
    password role`,
  restore: `dbname file format list verbose data-only clean create exit-on-error index jobs use-list schema exclude-schema no-owner
    function schema-only superuser table trigger no-privileges no-acl single-transaction disable-triggers enable-row-security filter
    if-exists no-comments no-data no-data-for-failed-tables no-policies no-publications no-schema no-security-labels no-statistics
    no-subscriptions no-table-access-method no-tablespaces restrict-key section statistics statistics-only strict-names
    transaction-size use-set-session-authorization host port username no-password password role`,
};

test.each(Object.entries(THEIRS))(
  "every option of pg_%s is ours, an alias, or has a hint",
  (name, theirs) => {
    const program = createProgram(SILENT, async () => {});
    const { options } = program.commands.find((command) => command.name() === name)!;
    const ours = new Set(options.map(({ long }) => long));
    const unknown = theirs
      .split(/\s+/)
      .map((option) => `--${option}`)
      .filter((option) => {
        const [, meant] = withAliases([name, option]);
        return !ours.has(meant) && habitHint(option) === undefined;
      });
    expect(unknown).toEqual([]);
  },
);

test("a host behind -h is no request for help", () => {
  expect(meantHost(["dump", "-h", "db.example"])).toBe("-h db.example");
  expect(meantHost(["dump", "-h"])).toBeUndefined();
  expect(meantHost(["dump", "-h", "--json"])).toBeUndefined();
});
