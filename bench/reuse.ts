/** The cost of a backup that reuses an earlier one, by the share of a table's units that changed in between. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyFloor, peer } from "./dump.ts";
import { type Bench, emptyDatabase } from "./setup.ts";
import type { Contender } from "./turns.ts";

/** A table of which units change. */
export interface ChangedTable {
  readonly name: string;
  /** Heap blocks in a unit (src/dump/reuse/unit-size.ts), or a part of them. */
  readonly unitBlocks: number;
  /** Shares of the units that change. */
  readonly shares: readonly number[];
}

export const AUDIT_LOG: ChangedTable = {
  name: "audit_log",
  unitBlocks: 512,
  shares: [0, 0.01, 0.1, 0.5, 1],
};

/** Where the time of all shares would tell no more. */
export const AUDIT_LOG_BRIEF: ChangedTable = { ...AUDIT_LOG, shares: [0, 0.01] };

/** Nearly all of it is TOAST, so each heap block is a unit. */
export const DOCUMENTS: ChangedTable = { name: "documents", unitBlocks: 1, shares: [0, 0.01] };

/** Text of a document that hardly compresses and is in TOAST: 96 kB. */
const DOCUMENT_MD5 = 3000;

/** Creates a database of a few wide rows, `bytes` in all. An existing one is used again. */
export async function wideDatabase(bench: Bench, bytes: number): Promise<string> {
  const rows = Math.ceil(bytes / (DOCUMENT_MD5 * 32));
  const name = `wide_${rows}`;
  const sql = `SELECT FROM pg_database WHERE datname = '${name}'`;
  if ((await bench.query("postgres", sql)).length > 0) return name;
  await emptyDatabase(bench, name);
  await bench.query(
    name,
    `CREATE TABLE documents (id int PRIMARY KEY, title text, body text);
     ALTER TABLE documents ALTER body SET STORAGE EXTERNAL;
     INSERT INTO documents SELECT i, 'document ' || i,
       (SELECT string_agg(md5(i || ':' || part), '') FROM generate_series(1, ${DOCUMENT_MD5}) part)
     FROM generate_series(1, ${rows}) i`,
  );
  await bench.query(name, "VACUUM ANALYZE documents");
  await bench.query("postgres", "CHECKPOINT");
  return name;
}

/** Deletes rows in a share of the table's units. */
async function change(
  { query }: Bench,
  database: string,
  { name, unitBlocks }: ChangedTable,
  share: number,
): Promise<void> {
  await query(
    database,
    `DELETE FROM ${name} WHERE ctid = ANY (ARRAY(
       SELECT format('(%s,%s)', unit * ${unitBlocks} + floor(random() * ${Math.min(unitBlocks, 100)}), 1 + floor(random() * 20))::tid
       FROM generate_series(0, pg_relation_size('${name}') / 8192 / ${unitBlocks}) unit,
            generate_series(1, 20) WHERE unit % ${Math.round(1 / share)} = 0))`,
  );
}

function oldScript(on: Bench, database: string): Contender {
  const command = 'pg_dump --no-owner --no-privileges | gzip -9 > "$OUT"';
  return peer(on, database, "pg_dump | gzip -9", command);
}

/**
 * Complete backups, as `backup` makes them, verification included, beside what reads everything.
 * @param options.near as `on`, where the measured programs reach the server from far away: for what is not measured.
 * @param options.brief without the slowest, `pg_dump | gzip -9`.
 */
export async function reuseContenders(
  on: Bench,
  database: string,
  table: ChangedTable,
  { near = on, brief = false }: { readonly near?: Bench; readonly brief?: boolean } = {},
): Promise<Contender[]> {
  const { program } = on;
  const earlier = join(on.folder, `earlier-${database}`);
  const output = join(on.folder, "backups");
  const environment = { ...on.env, PGDATABASE: database };
  const argv = (folder: string, ...more: string[]): string[] => [
    process.execPath,
    program,
    "backup",
    folder,
    "--quiet",
    ...more,
  ];
  /** The newest backup is up to date; only the first one takes long. */
  const prepare = async (share: number): Promise<void> => {
    mkdirSync(earlier, { recursive: true });
    const [node, ...args] = argv(earlier, "--keep", "1");
    execFileSync(node!, args, {
      env: { ...process.env, ...near.env, PGDATABASE: database },
      stdio: ["ignore", "ignore", "ignore"],
    });
    rmSync(output, { recursive: true, force: true });
    cpSync(earlier, output, { recursive: true });
    if (share > 0) await change(near, database, table, share);
    await near.query("postgres", "CHECKPOINT");
  };
  const backup = (name: string, share: number, ...more: string[]): Contender => ({
    name,
    run: { argv: argv(output, ...more), env: environment, output },
    before: () => prepare(share),
  });
  return [
    await copyFloor(on, database),
    peer(on, database, "pg_dump -Fc", 'exec pg_dump -Fc -f "$OUT"'),
    ...(brief ? [] : [oldScript(on, database)]),
    {
      name: "backup, the first",
      run: { argv: argv(output), env: environment, output },
      before: async () => rmSync(output, { recursive: true, force: true }),
    },
    ...table.shares.map((share) => backup(`backup, ${share * 100} % of units changed`, share)),
    backup("backup --differential, 1 % of units changed", 0.01, "--differential"),
  ];
}
