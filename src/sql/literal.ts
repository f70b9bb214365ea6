/**
 * Literals as SQL text. The only place that puts single quotes around a value. Everything here assumes
 * `standard_conforming_strings = on`, which all sessions and scripts of this package set.
 */
import { NexushubDumpError } from "../errors.ts";

/**
 * A string constant: single quotes doubled, backslashes as they are (PostgreSQL docs, 4.1.2.1).
 * @throws NexushubDumpError (INTERNAL) only when the text contains a zero byte, which PostgreSQL cannot store.
 */
export function quoteLiteral(text: string): string {
  if (text.includes("\0")) {
    throw new NexushubDumpError("INTERNAL", "SQL text cannot contain a zero byte", {
      object: JSON.stringify(text),
    });
  }
  return `'${text.replaceAll("'", "''")}'`;
}

/** A dollar-quoted constant whose tag does not occur in the text (PostgreSQL docs, 4.1.2.4); for function bodies. */
export function dollarQuote(text: string): string {
  let delimiter = "$$";
  // The search includes the closing delimiter, because the last characters of the text could be the start of one.
  for (let n = 0; (text + delimiter).indexOf(delimiter) !== text.length; n++)
    delimiter = `$_${n === 0 ? "" : n}$`;
  return delimiter + text + delimiter;
}

/** An array in its text form, to be quoted as a literal: `{"a","b"}` (PostgreSQL docs, 8.15.6). */
export function arrayText(values: readonly (string | null)[]): string {
  return `{${values.map((v) => (v === null ? "NULL" : `"${v.replaceAll(/[\\"]/g, "\\$&")}"`)).join(",")}}`;
}
