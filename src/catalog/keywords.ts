/**
 * Reads the rows of catalogs so that names which became keywords after the server's version are quoted in deparsed text.
 * Only where a text may hold one, the rows are read a second time.
 */
import {
  isJsonTypeAlone,
  mayHoldName,
  newerKeywords,
  quoteNewerKeywords,
} from "../sql/deparse/newer-keywords.ts";
import type { Query } from "./query.ts";

export type CatalogRow = Readonly<Record<string, unknown>>;

/** Words that a server does not quote and a newer one would. */
export interface NewerKeywords {
  readonly words: ReadonlySet<string>;
  readonly mayHold: ((text: string) => boolean) | undefined;
}

export async function readNewerKeywords(query: Query): Promise<NewerKeywords> {
  const rows = await query<{ word: string }>(
    "SELECT word FROM pg_catalog.pg_get_keywords() WHERE catcode <> 'U'",
    { action: "read the keywords" },
  );
  const words = newerKeywords(rows.map(({ word }) => word));
  return { words, mayHold: mayHoldName(words) };
}

/** Values in which no server writes SQL: the name of an object itself, a comment. */
const RAW = new Set(["name", "description", "label", "labels"]);

/** Values that are types, arguments of a function, or a function or an operator with its arguments. */
const TYPES = new Set([
  "argumentTypes",
  "arguments",
  "baseType",
  "castFunction",
  "columnType",
  "element",
  "fromSql",
  "identityArguments",
  "inputType",
  "left",
  "member",
  "movingStateType",
  "ofType",
  "result",
  "right",
  "sourceType",
  "stateType",
  "storedType",
  "subtype",
  "targetType",
  "toSql",
  "transformTypes",
  "type",
]);

/** Whether a text of the rows may hold such a word. */
export function mayHoldKeyword(rows: readonly CatalogRow[], { mayHold }: NewerKeywords): boolean {
  return mayHold !== undefined && rows.some((row) => holdsName(row, mayHold));
}

/** Reads those kinds again with all names quoted, and quotes the words in their rows. */
export async function quoteKeywords(
  query: Query,
  rowsByKind: Record<string, readonly CatalogRow[]>,
  {
    keywords,
    kinds,
    rowsOf,
  }: {
    readonly keywords: NewerKeywords;
    /** Those whose rows may hold such a word. */
    readonly kinds: readonly string[];
    /** Reads the rows of a kind on the same connection as `query`. */
    readonly rowsOf: (kind: string) => Promise<readonly CatalogRow[]>;
  },
): Promise<void> {
  if (kinds.length === 0) return;
  await query("SET LOCAL quote_all_identifiers = on");
  for (const kind of kinds)
    rowsByKind[kind] = merged(rowsByKind[kind]!, await rowsOf(kind), keywords.words);
  await query("SET LOCAL quote_all_identifiers = off");
}

function holdsName(row: CatalogRow, mayHold: (text: string) => boolean): boolean {
  for (const column in row) {
    const value = row[column];
    if (typeof value === "string") {
      if (TYPES.has(column) && isJsonTypeAlone(value)) continue;
      if (!RAW.has(column) && mayHold(value)) return true;
    } else if (Array.isArray(value) && typeof value[0] === "string") {
      if ((value as readonly string[]).some(mayHold)) return true;
    }
  }
  return false;
}

/** Both have the same rows; sorting by deparsed text can have changed their order. */
function merged(
  rows: readonly CatalogRow[],
  quotedRows: readonly CatalogRow[],
  words: ReadonlySet<string>,
): CatalogRow[] {
  const byText = new Map<string, CatalogRow[]>();
  for (const row of quotedRows) {
    const text = withoutQuotes(row);
    byText.set(text, [...(byText.get(text) ?? []), row]);
  }
  return rows.map((row) => {
    const quoted = byText.get(withoutQuotes(row))?.shift();
    return quoted === undefined ? row : mergedRow(row, quoted, words);
  });
}

function withoutQuotes(row: CatalogRow): string {
  return JSON.stringify(row).replaceAll(/\\*"/g, "");
}

function mergedRow(row: CatalogRow, quoted: CatalogRow, words: ReadonlySet<string>): CatalogRow {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => {
      const isTypes = TYPES.has(column);
      const text = (plain: unknown, allQuoted: unknown): unknown =>
        typeof plain === "string" && typeof allQuoted === "string"
          ? (quoteNewerKeywords(plain, allQuoted, { words, isTypes }) ?? allQuoted)
          : plain;
      const quotedValue = quoted[column];
      return Array.isArray(value) && Array.isArray(quotedValue)
        ? [column, value.map((item, n) => text(item, quotedValue[n]))]
        : [column, text(value, quotedValue)];
    }),
  );
}
