/** A diff as text: `+` is only in the second side, `-` only in the first, `~` changed. Pure. */
import type { DiffResult, RelationDifference, RowSample } from "../diff/options.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { formatCount, plural } from "../util/format.ts";
import { objectLabel } from "../util/label.ts";
import { type Line, plainLine, type Tone } from "./color.ts";

export function diffText(result: DiffResult): string {
  return diffLines(result).map(plainLine).join("\n");
}

type Sign = "+" | "-" | "~";
const TONES: Readonly<Record<Sign, Tone>> = { "+": "good", "-": "bad", "~": "doubtful" };

/** The lines of `diffText`: each in the color of its sign. */
export function diffLines(result: DiffResult): Line[] {
  const last: Line = { tone: result.equal ? "good" : "bad", verdict: verdictOf(result) };
  return [...differences(result), last];
}

const signed = (sign: Sign, text: string, indent = ""): Line => ({
  tone: TONES[sign],
  verdict: `${indent}${sign} ${text}`,
});

function differences({ objects, relations, sequences, warnings }: DiffResult): Line[] {
  const lines: Line[] = [];
  for (const object of objects.removed)
    lines.push(signed("-", objectLabel(object)), ...sql("-", object.sql));
  for (const object of objects.added)
    lines.push(signed("+", objectLabel(object)), ...sql("+", object.sql));
  for (const object of objects.changed)
    lines.push(
      signed("~", objectLabel(object)),
      ...sql("-", object.before),
      ...sql("+", object.after),
    );
  for (const { namespace, name, before, after } of sequences) {
    const positions = `${before ?? "none"} → ${after ?? "none"}`;
    lines.push(signed("~", `position of ${qualify(namespace, name)}: ${positions}`));
  }
  for (const relation of relations) lines.push(...relationLines(relation));
  for (const { message } of warnings) lines.push(`note: ${message}`);
  return lines;
}

function verdictOf(result: DiffResult): string {
  const { equal, comparedRelations, objects, relations, sequences } = result;
  if (equal) return `equal: ${plural(comparedRelations, "table")} compared`;
  const changed = objects.added.length + objects.removed.length + objects.changed.length;
  return `different: ${plural(changed, "object")}, rows of ${plural(relations.length, "table")}, ${plural(sequences.length, "sequence")}`;
}

function sql(sign: Sign, text: string): Line[] {
  return text.split("\n").map((line) => signed(sign, line, "  "));
}

function relationLines(relation: RelationDifference): Line[] {
  const { namespace, name, added, removed, changed, key, samples } = relation;
  const how = key.length === 0 ? " (whole rows: no usable primary key)" : "";
  const columns = Object.entries(relation.changedColumns)
    .sort(([, a], [, b]) => b - a)
    .map(([column, rows]) => `${quoteIdent(column)} in ${formatCount(rows)}`);
  return [
    signed(
      "~",
      `rows of ${qualify(namespace, name)}: +${formatCount(added)} -${formatCount(removed)} ~${formatCount(changed)}${how}`,
    ),
    ...(columns.length > 0 ? [`    changed: ${columns.join(", ")}`] : []),
    ...samples.map((sample) => signed(SIGNS[sample.change], sampleText(sample), "    ")),
  ];
}

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

function sampleText({ change, key, columns }: RowSample): string {
  const shown = (value: string | null | undefined): string => JSON.stringify(value ?? null);
  const keys = Object.entries(key ?? {}).map(
    ([name, value]) => `${quoteIdent(name)}=${shown(value)}`,
  );
  const values = Object.entries(columns).map(([name, { before, after }]) =>
    change === "changed"
      ? `${quoteIdent(name)}: ${shown(before)} → ${shown(after)}`
      : `${quoteIdent(name)}: ${shown(change === "added" ? after : before)}`,
  );
  return [keys.join(" "), values.join(", ")].filter(Boolean).join("  ");
}
