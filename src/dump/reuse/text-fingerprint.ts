/** A digest of everything that the text of a table's rows depends on besides the rows themselves. Pure. */
import { createHash } from "node:crypto";
import type { TableFacts, TypeFacts } from "./table-facts.ts";

/** What is the same for all tables of a dump. */
export interface TextSettings {
  readonly encoding: string;
  /** Settings of the dump's sessions. */
  readonly settings: readonly (readonly [name: string, value: string])[];
}

/**
 * Output functions of PostgreSQL's that are STABLE because of a setting that every session of a dump pins, or because of
 * the types of which a value consists. All others, such as those of `regclass` and `aclitem`, look up names.
 */
const PINNED_OUTPUTS: ReadonlySet<string> = new Set([
  "array_out",
  "cash_out",
  "date_out",
  "interval_out",
  "timestamp_out",
  "timestamptz_out",
]);

/** Kinds of types whose text follows from their parts and from what `details` has. */
const STRUCTURED_KINDS: ReadonlySet<string> = new Set(["c", "d", "e", "m", "r"]);

/**
 * The fingerprint of a table.
 * @param types all types of which values of the table consist, by oid.
 * @returns null when the text of some column depends on more than can be recorded.
 */
export function textFingerprint(
  { columns }: Pick<TableFacts, "columns">,
  types: ReadonlyMap<number, TypeFacts>,
  text: TextSettings,
): string | null {
  const used = new Set<number>();
  const collect = (oid: number): void => {
    if (used.has(oid)) return;
    used.add(oid);
    types.get(oid)?.parts.forEach(collect);
  };
  for (const [, type] of columns) collect(type);
  const facts = [...used].sort((a, b) => a - b).map((oid) => types.get(oid));
  if (!facts.every((type) => type !== undefined && dependsOnValueAlone(type))) return null;
  return createHash("sha256")
    .update(JSON.stringify([columns, facts, text.encoding, text.settings]))
    .digest("hex");
}

function dependsOnValueAlone(type: TypeFacts): boolean {
  if (STRUCTURED_KINDS.has(type.kind)) return true;
  if (type.kind !== "b") return false;
  if (type.isOutputBuiltIn) return type.volatility === "i" || PINNED_OUTPUTS.has(type.output);
  // Somebody's C function can do anything; that of an extension at least says when it changes.
  return type.volatility === "i" && type.extension !== null;
}
