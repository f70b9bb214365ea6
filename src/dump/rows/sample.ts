/** Parses samples such as `newest 1000`, and builds the query for their rows. Pure. */
import { UsageError } from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { sortKey, wholeRow, wholeRowKey } from "./sort-key.ts";

export type SampleSpec =
  | { readonly how: "newest" | "oldest"; readonly rows: number; readonly by: string | undefined }
  | { readonly how: "percent"; readonly percent: number }
  | { readonly how: "where"; readonly condition: string };

/** The facts about a table that a sample needs. */
export interface SampledTable {
  /** As SQL, with ONLY unless the table is partitioned. */
  readonly from: string;
  readonly label: string;
  /** A condition with which the query fails when the name stands for another relation. */
  readonly nameCondition: string;
  readonly keyColumns: readonly string[];
  /** All but generated ones. */
  readonly storedColumns: readonly string[];
  /** The type under each column's domains, as `format_type()` prints it. */
  readonly types: ReadonlyMap<string, string>;
}

/**
 * Parses `newest 1000`, `newest 1000 by created_at`, `oldest 10`, `5%`, `where …`.
 * @throws UsageError only when the text is none of these.
 */
export function parseSample(text: string, table: string): SampleSpec {
  const ends = /^(newest|oldest)\s+(\d{1,12})(?:\s+by\s+(.+))?$/is.exec(text.trim());
  if (ends !== null) {
    const by = ends[3]?.trim();
    return {
      how: ends[1]!.toLowerCase() as "newest" | "oldest",
      rows: Number(ends[2]),
      by: by?.startsWith('"') === true ? by.slice(1, -1).replaceAll('""', '"') : by?.toLowerCase(),
    };
  }
  const share = /^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (share !== null && Number(share[1]) <= 100)
    return { how: "percent", percent: Number(share[1]) };
  const where = /^where\s+(.+)$/is.exec(text.trim());
  if (where !== null) return { how: "where", condition: where[1]! };
  throw new UsageError(`the sample of ${table} cannot be read: ${text}`, {
    object: table,
    hint: "write newest 1000, newest 1000 by created_at, oldest 10, 5%, or where condition",
  });
}

const INTEGER = /^(smallint|integer|bigint)$/;

/**
 * A query for `oid` and `ctid` of the rows. A percentage is taken by a hash of the key, so that the same rows are taken
 * wherever they are stored.
 * @throws UsageError when nothing tells which rows are the newest.
 */
export function sampleSql(spec: SampleSpec, table: SampledTable): string {
  const select = `SELECT t.tableoid AS oid, t.ctid FROM ${table.from} AS t WHERE ${table.nameCondition}`;
  switch (spec.how) {
    case "where":
      return `SELECT tableoid AS oid, ctid FROM ${table.from} WHERE ${table.nameCondition} AND (${spec.condition}\n)`;
    case "percent": {
      const { keyColumns, storedColumns } = table;
      const key = wholeRow("t", keyColumns.length > 0 ? keyColumns : storedColumns);
      const bound = Math.round((spec.percent / 100) * 2 ** 32);
      return `${select} AND ('x' || pg_catalog.left(pg_catalog.md5(${key}::pg_catalog.text), 8))::bit(32)::pg_catalog.int8 < ${bound}`;
    }
    case "newest":
    case "oldest": {
      const direction = spec.how === "newest" ? "DESC NULLS LAST" : "ASC NULLS LAST";
      const order = orderOf(spec.by, table).map((name) =>
        sortKey(`t.${quoteIdent(name)}`, table.types.get(name)!),
      );
      // Without a key, the rows' text decides between rows of equal age.
      if (table.keyColumns.length === 0) order.push(wholeRowKey("t", table.storedColumns));
      return `${select} ORDER BY ${order.map((key) => `${key} ${direction}`).join(", ")} LIMIT ${spec.rows}`;
    }
  }
}

function orderOf(by: string | undefined, { keyColumns, types, label }: SampledTable): string[] {
  if (by !== undefined) {
    if (!types.has(by))
      throw new UsageError(`${label} has no column ${quoteIdent(by)} to sample by`, {
        object: label,
      });
    // The key makes the order of rows of equal age unambiguous.
    return [...new Set([by, ...keyColumns])];
  }
  if (keyColumns.length === 0 || !INTEGER.test(types.get(keyColumns[0]!) ?? "")) {
    throw new UsageError(`nothing tells which rows of ${label} are the newest`, {
      object: label,
      hint: "its primary key is not a number: write newest 1000 by created_at",
    });
  }
  return [...keyColumns];
}
