/** Checks that every sequence is ahead of the column that it numbers: otherwise the next INSERT gets a number in use. */
import { qualify, quoteIdent } from "../sql/ident.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { failed, passed, type Verdict } from "./report.ts";
import { listedLines, plural } from "../util/format.ts";

interface SequenceRow {
  readonly namespace: string;
  readonly name: string;
  readonly tableNamespace: string;
  readonly table: string;
  readonly column: string;
  readonly increment: string;
}

export const sequencesProbe: Probe = {
  id: "sequences",
  title: "Sequences ahead of their columns",
  async run(context: ProbeContext): Promise<Verdict> {
    const sequences = await readSequences(context);
    const behind: string[] = [];
    for (const sequence of sequences) {
      const difference = await compare(context, sequence);
      if (difference !== null) behind.push(difference);
    }
    if (behind.length === 0) return passed(`all ${plural(sequences.length, "sequence")} are ahead`);
    return failed(
      `${behind.length} of ${plural(sequences.length, "sequence")} would give numbers that are in use`,
      {
        details: listedLines(behind),
        hint: "set them with setval() in the database, then back up again",
      },
    );
  },
};

/** Sequences of serial columns and identity columns. */
function readSequences({ connection }: ProbeContext): Promise<SequenceRow[]> {
  return connection.query<SequenceRow>(`
    SELECT n.nspname AS namespace, c.relname AS name, tn.nspname AS "tableNamespace", t.relname AS table,
           a.attname AS column, s.seqincrement AS increment
    FROM pg_catalog.pg_sequence s
    JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
      AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    ORDER BY 1, 2`);
}

/** @returns null when the next number is free. */
async function compare({ connection }: ProbeContext, row: SequenceRow): Promise<string | null> {
  const sequence = qualify(row.namespace, row.name);
  const table = qualify(row.tableNamespace, row.table);
  const up = !row.increment.startsWith("-");
  const [state] = await connection.query<{
    last: string;
    called: boolean;
    furthest: string | null;
  }>(
    `SELECT s.last_value AS last, s.is_called AS called,
            (SELECT ${up ? "max" : "min"}(${quoteIdent(row.column)}) FROM ${table})::pg_catalog.text AS furthest
     FROM ${sequence} s`,
    { action: `compare ${sequence} with its column`, object: `sequence ${sequence}` },
  );
  const { last, called, furthest } = state!;
  if (furthest === null) return null;
  // A sequence that was never called gives `last` itself next.
  const next = BigInt(last) + (called ? BigInt(row.increment) : 0n);
  const free = up ? next > BigInt(furthest) : next < BigInt(furthest);
  return free
    ? null
    : `${sequence} gives ${next} next, and ${table}.${row.column} has reached ${furthest}`;
}
