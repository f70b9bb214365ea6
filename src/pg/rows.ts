/**
 * Runs statements on the driver's client and reads values as the catalog layer expects them: small integers and oids
 * as numbers, int8 and everything unknown as text, one-dimensional arrays as arrays. Parsers that the caller set on
 * the driver (dates, numerics) do not count here.
 */
import type pg from "pg";
import type { Query } from "../catalog/query.ts";

/** Type oids (src/include/catalog/pg_type.dat) whose standard parser of the driver is wanted. */
const PARSED: ReadonlySet<number> = new Set([
  16, 21, 23, 26, 114, 700, 701, 1000, 1005, 1007, 1009, 1014, 1015, 1016, 1028, 3802,
]);
/** `"char"[]` and `name[]`, for which the driver has no parser. */
const AS_TEXT_ARRAY: ReadonlySet<number> = new Set([1002, 1003]);
const TEXT_ARRAY = 1009;

type Parser = (text: string) => unknown;

/** The driver's `types` for one statement. */
export function typesOf(pgTypes: typeof pg.types): pg.CustomTypesConfig {
  const standard = pgTypes.getTypeParser as (oid: number, format: "text") => Parser;
  const parser = (oid: number): Parser => {
    if (AS_TEXT_ARRAY.has(oid)) return standard(TEXT_ARRAY, "text");
    return PARSED.has(oid) ? standard(oid, "text") : (text) => text;
  };
  return { getTypeParser: parser as typeof pg.types.getTypeParser };
}

/**
 * The `Query` of a client. Statements are sent in the simple protocol, without parameters.
 * @throws what the driver throws.
 */
export function queryOf(client: pg.ClientBase, pgTypes: typeof pg.types): Query {
  const types = typesOf(pgTypes);
  return async <Row>(sql: string): Promise<Row[]> =>
    lastOf(await client.query({ text: sql, types })).rows as Row[];
}

/** Several statements in one text give several results; the last one counts. */
function lastOf(result: pg.QueryResult | pg.QueryResult[]): pg.QueryResult {
  return Array.isArray(result) ? result[result.length - 1]! : result;
}
