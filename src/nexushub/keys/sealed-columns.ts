/**
 * Opens every sealed value of a database with the key at hand, and compares every private key with its row's public
 * key. Counts and names rows; no key and no plaintext leaves this file.
 */
import { isNexushubDumpError } from "../../errors.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { open, publicKeyOf, SEALED_COLUMNS } from "./sealed-value.ts";

type Column = (typeof SEALED_COLUMNS)[number];

/** What became of one column's values. */
export interface SealedColumnFacts {
  /** `wg_peers.private_key`. */
  readonly column: string;
  readonly values: number;
  /** `id`s of rows whose value does not open. */
  readonly closed: readonly string[];
  /** `id`s of rows whose value opens, and is not what the column holds: not 32 bytes, not base32. */
  readonly malformed: readonly string[];
  /** `id`s of rows whose private key opens, and has another public key than the row. */
  readonly mismatched: readonly string[];
}

const BATCH = 2000;
/** RFC 4648's base32, as authenticators take it. */
const BASE32 = /^[A-Z2-7]+=*$/;

interface Row {
  readonly id: string;
  readonly sealed: string;
  readonly publicKey: string | null;
}

export interface SealedColumnOptions {
  /** Stop after so many values of each column. Default: all. */
  readonly sample?: number | undefined;
}

/** Reads in batches by id, so that memory does not grow with the tables. */
export async function readSealedColumns(
  connection: Connection,
  key: Uint8Array,
  { sample = Infinity }: SealedColumnOptions = {},
): Promise<SealedColumnFacts[]> {
  const columns: SealedColumnFacts[] = [];
  for (const column of SEALED_COLUMNS) {
    const found = {
      values: 0,
      closed: [] as string[],
      malformed: [] as string[],
      mismatched: [] as string[],
    };
    for await (const row of rowsOf(connection, column, sample)) {
      found.values++;
      const verdict = judge(column, key, row);
      if (verdict !== "good") found[verdict].push(row.id);
    }
    columns.push({ column: column.name, ...found });
  }
  return columns;
}

async function* rowsOf(
  connection: Connection,
  { table, column }: Column,
  most: number,
): AsyncGenerator<Row> {
  const publicKey = column === "private_key" ? "public_key" : "NULL";
  let after = "";
  for (let left = most; left > 0;) {
    const batch = Math.min(BATCH, left);
    const rows = await connection.query<Row>(
      `SELECT id::pg_catalog.text AS id, pg_catalog.encode(${quoteIdent(column)}, 'hex') AS sealed, ${publicKey} AS "publicKey"
       FROM ${qualify("public", table)}
       WHERE ${quoteIdent(column)} IS NOT NULL ${after}
       ORDER BY ${qualify("public", table)}.id LIMIT ${batch}`,
      { doing: `cannot read ${table}.${column}`, object: `table public.${table}` },
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
