/**
 * Runs statements on the driver's client and reads values as the catalog layer expects them: small integers and oids
 * as numbers, int8 and everything unknown as text, one-dimensional arrays as arrays. Parsers that the caller set on
 * the driver (dates, numerics) are not used.
 */
import type pg from "pg";
import type { Query } from "../catalog/query.ts";
import { protocolError } from "./frames.ts";

/** Oids of types (src/include/catalog/pg_type.dat) that the driver's standard parsers parse. */
const PARSED: ReadonlySet<number> = new Set([16, 21, 23, 26, 114, 700, 701, 1000, 3802]);
/** Arrays of text: those of the driver, and `"char"[]` and `name[]`, for which it has no parser. */
const TEXT_ARRAYS: ReadonlySet<number> = new Set([1002, 1003, 1009, 1014, 1015, 1016]);
const TEXT_ARRAY = 1009;
const NUMBER_ARRAYS: ReadonlySet<number> = new Set([1005, 1007, 1028]);
/** An array of one dimension without anything quoted. */
const PLAIN_ARRAY = /^\{[^"\\{}]*\}$/;

type Parser = (text: string) => unknown;

/** Parsed arrays of one column that are cached at most. */
const MAX_CACHED = 1000;

/**
 * Splits arrays without quotes, as most are, because the driver's parser reads every character. Catalog rows repeat the
 * same few arrays, so equal texts share one parsed array.
 */
function arrayParser(item: (text: string) => unknown, standard: Parser): Parser {
  const cached = new Map<string, unknown>([["{}", []]]);
  const parse = (text: string): unknown =>
    PLAIN_ARRAY.test(text) && !text.includes("NULL")
      ? text.slice(1, -1).split(",").map(item)
      : standard(text);
  return (text) => {
    let value = cached.get(text);
    if (value === undefined) {
      value = parse(text);
      if (cached.size < MAX_CACHED) cached.set(text, value);
    }
    return value;
  };
}

/** The driver's `types` for one statement. */
export function typesOf(pgTypes: typeof pg.types): pg.CustomTypesConfig {
  const standard = pgTypes.getTypeParser as (oid: number, format: "text") => Parser;
  const parser = (oid: number): Parser => {
    if (TEXT_ARRAYS.has(oid)) return arrayParser((text) => text, standard(TEXT_ARRAY, "text"));
    if (NUMBER_ARRAYS.has(oid)) return arrayParser(Number, standard(oid, "text"));
    return PARSED.has(oid) ? standard(oid, "text") : (text) => text;
  };
  return { getTypeParser: parser as typeof pg.types.getTypeParser };
}

/**
 * The `Query` of a client. Statements are sent in the simple protocol, without parameters.
 * @throws what the driver throws; ConnectionError when the answer is not one to a statement, or rows of it are missing.
 */
export function queryOf(client: pg.ClientBase, pgTypes: typeof pg.types): Query {
  const types = typesOf(pgTypes);
  return async <Row>(sql: string): Promise<Row[]> => {
    const answer: pg.QueryResult | pg.QueryResult[] = await client.query({ text: sql, types });
    // Several statements in one text give several results; the last one counts.
    const results = Array.isArray(answer) ? answer : [answer];
    for (const result of results) checkResult(result);
    return results.at(-1)!.rows as Row[];
  };
}

/** The tag of a statement says what it was, and for rows how many there are. */
function checkResult({ command, rowCount, fields, rows }: pg.QueryResult): void {
  // The driver's types leave out that there may have been no tag.
  if ((command as string | null) === null) throw protocolError("it gave a statement no answer");
  // CREATE TABLE AS has the same tag, and no columns.
  if (command === "SELECT" && fields.length > 0 && rowCount !== rows.length)
    throw protocolError(`it sent ${rows.length} rows and said that they are ${rowCount}`);
}
