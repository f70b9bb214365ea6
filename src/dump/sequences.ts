/** Reads the positions of sequences, in a few statements however many there are. */
import type { ServerVersion } from "../catalog/version.ts";
import { ServerError } from "../errors.ts";
import type { Connection } from "../pg/connection.ts";
import { isOtherRelation, replacedRelation, requireNames } from "../pg/relation-names.ts";
import type { DataSequence } from "../plan/data-relations.ts";
import { qualify } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { listed } from "../util/format.ts";

export interface SequencePosition {
  readonly lastValue: string;
  readonly isCalled: boolean;
}

interface Row extends SequencePosition {
  readonly oid: number;
}

/** `pg_get_sequence_data()` reads any number of sequences at once. */
const SEQUENCE_DATA_SINCE = 18;
/** Sequences in one statement on older servers, where each is selected from like a table. */
const BATCH = 200;

/**
 * Reads the position of each sequence, in the order of `sequences`.
 * @throws ServerError PERMISSION when the login may not read some of them; the message names them.
 */
export async function readSequences(
  connection: Connection,
  version: ServerVersion,
  sequences: readonly DataSequence[],
): Promise<SequencePosition[]> {
  if (sequences.length === 0) return [];
  await refuseUnreadable(connection, sequences);
  const rows = new Map<number, Row>();
  for (const sql of statements(version, sequences)) {
    const read = await connection
      .query<Row>(sql, { action: "read the positions of sequences" })
      .catch((error: unknown) => {
        throw isOtherRelation(error) ? replacedRelation(labelOf(sequences), error) : error;
      });
    for (const row of read) rows.set(row.oid, row);
  }
  return sequences.map(({ oid, namespace, name }) => {
    const row = rows.get(oid);
    if (row === undefined) throw replacedRelation(`sequence ${qualify(namespace, name)}`);
    if (row.lastValue === null) {
      throw new ServerError("a sequence gave no position", {
        object: `sequence ${qualify(namespace, name)}`,
      });
    }
    return { lastValue: row.lastValue, isCalled: row.isCalled };
  });
}

/** `sequences public.a_seq, public.b_seq and 3 more`. */
function labelOf(sequences: readonly DataSequence[]): string {
  const names = sequences.map(({ namespace, name }) => qualify(namespace, name));
  return `${names.length === 1 ? "sequence" : "sequences"} ${listed(names)}`;
}

function statements(version: ServerVersion, sequences: readonly DataSequence[]): string[] {
  if (version.major >= SEQUENCE_DATA_SINCE) {
    return [
      `SELECT s.oid, d.last_value AS "lastValue", d.is_called AS "isCalled"
       FROM pg_catalog.unnest(${oidArray(sequences)}) AS s (oid), LATERAL pg_catalog.pg_get_sequence_data(s.oid) AS d`,
    ];
  }
  const selects = sequences.map(
    ({ oid, namespace, name }) =>
      `SELECT ${oid}::pg_catalog.oid AS oid, last_value AS "lastValue", is_called AS "isCalled"
       FROM ${qualify(namespace, name)} WHERE tableoid = ${oid}`,
  );
  // Nothing locks a sequence: a row of anything else that its name stands for is not taken.
  return Array.from({ length: Math.ceil(selects.length / BATCH) }, (_, i) => {
    const [from, to] = [i * BATCH, (i + 1) * BATCH];
    return `${requireNames(sequences.slice(from, to))}; ${selects.slice(from, to).join(" UNION ALL ")}`;
  });
}

function oidArray(sequences: readonly DataSequence[]): string {
  return `${quoteLiteral(`{${sequences.map(({ oid }) => oid).join(",")}}`)}::pg_catalog.oid[]`;
}

async function refuseUnreadable(
  connection: Connection,
  sequences: readonly DataSequence[],
): Promise<void> {
  const rows = await connection.query<{ oid: number }>(
    `SELECT s.oid FROM pg_catalog.unnest(${oidArray(sequences)}) AS s (oid)
     WHERE NOT pg_catalog.has_sequence_privilege(s.oid, 'SELECT')`,
  );
  if (rows.length === 0) return;
  const oids = new Set(rows.map(({ oid }) => oid));
  const object = labelOf(sequences.filter(({ oid }) => oids.has(oid)));
  throw new ServerError(
    `no permission to read ${object}`,
    {
      object,
      hint: "grant SELECT on the sequences, dump as their owner, or leave them out",
      sqlState: "42501",
    },
    "PERMISSION",
  );
}
