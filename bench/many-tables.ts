/** A large schema without rows: the cost of reading and ordering it. */
import { join } from "node:path";
import { type Bench, emptyDatabase } from "./setup.ts";
import type { Contender } from "./turns.ts";

/** Tables created in one transaction, so that its locks fit into the server's lock table. */
const BATCH = 100;

/** Creates tables with a sequence, a default, a primary key, an index, and a reference to the table before. */
export async function manyTables(bench: Bench, count: number): Promise<string> {
  const name = `tables_${count}`;
  await emptyDatabase(bench, name);
  for (let at = 0; at < count; at += BATCH) {
    const statements = Array.from({ length: Math.min(BATCH, count - at) }, (_, i) => {
      const table = `public.t${at + i}`;
      const before = at + i === 0 ? "" : ` REFERENCES public.t${at + i - 1}`;
      return `CREATE TABLE ${table} (
                id bigserial PRIMARY KEY, name text NOT NULL, parent bigint${before},
                made_at timestamptz NOT NULL DEFAULT now(), CHECK (name <> ''));
              CREATE INDEX ON ${table} (name);`;
    });
    await bench.query(name, statements.join("\n"));
  }
  await bench.query(name, "VACUUM ANALYZE");
  return name;
}

export function schemaContenders({ env, program, folder }: Bench, database: string): Contender[] {
  const output = join(folder, "schema");
  const contender = (name: string, ...argv: string[]): Contender => ({
    name,
    run: { argv, env: { ...env, PGDATABASE: database }, output },
  });
  return [
    contender("pg_dump -s", "pg_dump", "-s", "-f", output),
    contender("pg_dump -s -Fc", "pg_dump", "-s", "-Fc", "-f", output),
    contender("ours", process.execPath, program, "dump", "-q", "-s", "-o", output),
  ];
}
