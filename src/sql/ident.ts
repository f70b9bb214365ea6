/** Identifiers as SQL text. The only place that puts double quotes around a name. */
import { NexushubDumpError } from "../errors.ts";
import { KEYWORDS } from "./keywords.ts";

const PLAIN = /^[a-z_][a-z0-9_]*$/;

function refuseNul(text: string): void {
  if (text.includes("\0")) {
    throw new NexushubDumpError("INTERNAL", "SQL text cannot contain a zero byte", {
      object: JSON.stringify(text),
    });
  }
}

/**
 * A name as SQL, quoted when it must be: the rule of `quote_identifier()` (src/backend/utils/adt/ruleutils.c).
 * @throws NexushubDumpError (INTERNAL) only when the name contains a zero byte, which PostgreSQL cannot store.
 */
export function quoteIdent(name: string): string {
  if (PLAIN.test(name) && !KEYWORDS.has(name)) return name;
  refuseNul(name);
  return `"${name.replaceAll('"', '""')}"`;
}

/** The name that an identifier stands for, as the server writes it. */
export function unquoteIdent(sql: string): string {
  return sql.startsWith('"') ? sql.slice(1, -1).replaceAll('""', '"') : sql;
}

/** `namespace.name`; only the name for objects that are in no schema. */
export function qualify(namespace: string | null, name: string): string {
  return namespace === null ? quoteIdent(name) : `${quoteIdent(namespace)}.${quoteIdent(name)}`;
}

/** A list of columns: `(a, b)`; an empty string for no columns. */
export function columnList(names: readonly string[]): string {
  return names.length === 0 ? "" : `(${names.map(quoteIdent).join(", ")})`;
}
