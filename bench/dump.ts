/** Time, size and cost of a dump: ours with several jobs and compressions, and other programs. */
import { join } from "node:path";
import { type Bench, tablesOf, textFile } from "./setup.ts";
import type { Contender } from "./turns.ts";

export interface DumpContenders {
  /** A Node with zstd; without it zstd is left out. */
  readonly zstdNode: string | undefined;
  /** Only the contenders that the targets name. */
  readonly brief: boolean;
}

/** Our dump with these `--jobs` and `--compression`. */
export function ours(
  { env, program, folder }: Bench,
  database: string,
  jobs: number,
  compression: string,
  node: string = process.execPath,
): Contender {
  const output = join(folder, "ours.archive");
  const argv = [node, program, "dump", "--quiet", "--output", output];
  return {
    name: `ours, ${compression}, jobs ${jobs}`,
    run: {
      argv: [...argv, "--jobs", String(jobs), "--compression", compression],
      env: { ...env, PGDATABASE: database },
      output,
    },
  };
}

/** Another program, run by a shell, that writes to `$OUT`. */
export function peer(bench: Bench, database: string, name: string, command: string): Contender {
  const output = join(bench.folder, "peer.dump");
  return {
    name,
    run: {
      argv: ["sh", "-c", command],
      env: { ...bench.env, PGDATABASE: database, OUT: output },
      output,
    },
  };
}

/** COPY of every table, discarded: the least that any client pays to read the rows. */
export async function copyFloor(bench: Bench, database: string): Promise<Contender> {
  const tables = await tablesOf(bench, database);
  const script = tables.map((table) => `COPY ${table} TO STDOUT;\n`).join("");
  const path = textFile(bench, "copy-out.sql", script);
  return {
    name: "psql COPY to /dev/null",
    run: {
      argv: ["psql", "-X", "-q", "-f", path],
      env: { ...bench.env, PGDATABASE: database },
    },
  };
}

export async function dumpContenders(
  bench: Bench,
  database: string,
  { zstdNode, brief }: DumpContenders,
): Promise<Contender[]> {
  const us = (jobs: number, compression: string, node?: string): Contender =>
    ours(bench, database, jobs, compression, node);
  const them = (name: string, command: string): Contender => peer(bench, database, name, command);
  const zstd = (jobs: number, level: number): Contender[] =>
    zstdNode === undefined ? [] : [us(jobs, `zstd:${level}`, zstdNode)];
  const contenders = [
    await copyFloor(bench, database),
    them("pg_dump -Fc", 'exec pg_dump -Fc -f "$OUT"'),
    us(2, "gzip:4"),
    us(1, "gzip:4"),
    them("pg_dump | gzip -9", 'pg_dump --no-owner --no-privileges | gzip -9 > "$OUT"'),
    us(1, "none"),
    us(2, "none"),
    ...zstd(2, 1),
  ];
  if (brief) return contenders;
  return [
    ...contenders,
    us(4, "gzip:4"),
    us(4, "none"),
    ...[1, 2, 3, 5, 6, 9].map((level) => us(2, `gzip:${level}`)),
    ...[3, 6, 9].flatMap((level) => zstd(2, level)),
    them("pg_dump -Fd -j 2", 'exec pg_dump -Fd -j 2 -f "$OUT"'),
    ...[0, 1, 3, 9].map((level) =>
      them(`pg_dump -Fc -Z ${level}`, `exec pg_dump -Fc -Z ${level} -f "$OUT"`),
    ),
  ];
}
