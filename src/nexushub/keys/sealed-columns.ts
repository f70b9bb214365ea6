/**
 * Opens the sealed values of a database with a key, and compares every private key with its row's public key. Returns
 * counts and row ids; no key and no plaintext leaves this file.
 */
import { isNexushubDumpError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { open, SEALED_COLUMNS } from "./sealed-value.ts";
import { publicKeyOf } from "./wireguard-key.ts";

type Column = (typeof SEALED_COLUMNS)[number];

/** The values of one sealed column, judged with a key. */
export interface SealedColumnFacts {
  /** `wg_peers.private_key`. */
  readonly column: string;
  readonly values: number;
  /** `id`s of rows whose value does not open. */
  readonly closed: readonly string[];
  /** `id`s of rows whose value opens but is not what the column should hold: not 32 bytes, not base32. */
  readonly malformed: readonly string[];
  /** `id`s of rows whose private key opens but does not belong to the row's public key. */
  readonly mismatched: readonly string[];
}

const BATCH = 2000;
/** Base32 (RFC 4648), the form of a TOTP secret. */
const BASE32 = /^[A-Z2-7]+=*$/;

interface Row {
  readonly id: string;
  readonly sealed: string;
  readonly publicKey: string | null;
}

export interface SealedColumnOptions {
  /** Read at most this many values of each column. Default: all. */
  readonly sample?: number | undefined;
  /** The rows of a table, as SQL for FROM; null for none. Default: the table itself. */
  readonly rows?: ((table: string) => string | null) | undefined;
}

/** Judges the values of every sealed column. Reads in batches, so that memory does not grow with the tables. */
export async function readSealedColumns(
  connection: Pick<Connection, "query">,
  key: Uint8Array,
  { sample = Infinity, rows = (table) => qualify("public", table) }: SealedColumnOptions = {},
): Promise<SealedColumnFacts[]> {
  const columns: SealedColumnFacts[] = [];
  for (const column of SEALED_COLUMNS) {
    const facts = {
      values: 0,
      closed: [] as string[],
      malformed: [] as string[],
      mismatched: [] as string[],
    };
    const from = rows(column.table);
    if (from === null) continue;
    for await (const row of rowsOf(connection, column, from, sample)) {
      facts.values++;
      const verdict = judge(column, key, row);
      if (verdict !== "good") facts[verdict].push(row.id);
    }
    columns.push({ column: column.name, ...facts });
  }
  return columns;
}

async function* rowsOf(
  connection: Pick<Connection, "query">,
  { table, column }: Column,
  from: string,
  limit: number,
): AsyncGenerator<Row> {
  const publicKey = column === "private_key" ? "public_key" : "NULL";
  let after = "";
  for (let left = limit; left > 0;) {
    const batch = Math.min(BATCH, left);
    const rows = await connection.query<Row>(
      `SELECT id::pg_catalog.text AS id, pg_catalog.encode(${quoteIdent(column)}, 'hex') AS sealed, ${publicKey} AS "publicKey"
       FROM ${from} AS sealed_rows
       WHERE ${quoteIdent(column)} IS NOT NULL ${after}
       ORDER BY sealed_rows.id LIMIT ${batch}`,
      { action: `read ${table}.${column}`, object: `table public.${table}` },
    );
    yield* rows;
    if (rows.length < batch) return;
    left -= rows.length;
    after = `AND id > ${quoteLiteral(rows.at(-1)!.id)}::pg_catalog.uuid`;
  }
}

function judge(
  { name, holds }: Column,
  key: Uint8Array,
  row: Row,
): "good" | "closed" | "malformed" | "mismatched" {
  let plain: Buffer;
  try {
    plain = open(name, key, Buffer.from(row.sealed, "hex"));
  } catch (error) {
    if (isNexushubDumpError(error)) return "closed";
    throw error;
  }
  try {
    if (holds === "totp") return BASE32.test(plain.toString("latin1")) ? "good" : "malformed";
    if (plain.length !== 32) return "malformed";
    if (holds !== "private-key") return "good";
    return publicKeyOf(plain) === row.publicKey ? "good" : "mismatched";
  } finally {
    plain.fill(0);
  }
}
