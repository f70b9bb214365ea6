/** A diff as text: `+` is only in the second side, `-` only in the first, `~` changed. Pure. */
import type { DiffResult, RelationDifference, RowSample } from "../diff/options.ts";
import { qualify, quoteIdent } from "../sql/ident.ts";
import { formatCount, plural } from "../util/format.ts";
import { objectLabel } from "../util/label.ts";

export function diffText(result: DiffResult): string {
  const { objects, relations, sequences, warnings } = result;
  const lines: string[] = [];
  for (const object of objects.removed)
    lines.push(`- ${objectLabel(object)}`, ...sql("-", object.sql));
  for (const object of objects.added)
    lines.push(`+ ${objectLabel(object)}`, ...sql("+", object.sql));
  for (const object of objects.changed)
    lines.push(`~ ${objectLabel(object)}`, ...sql("-", object.before), ...sql("+", object.after));
  for (const { namespace, name, before, after } of sequences)
    lines.push(
      `~ position of ${qualify(namespace, name)}: ${before ?? "none"} → ${after ?? "none"}`,
    );
  for (const relation of relations) lines.push(...relationLines(relation));
  for (const { message } of warnings) lines.push(`note: ${message}`);
  lines.push(
    result.equal
      ? `equal: ${plural(result.comparedRelations, "table")} compared`
      : `different: ${plural(objects.added.length + objects.removed.length + objects.changed.length, "object")}, rows of ${plural(relations.length, "table")}, ${plural(sequences.length, "sequence")}`,
  );
  return lines.join("\n");
}

function sql(sign: string, text: string): string[] {
  return text.split("\n").map((line) => `  ${sign} ${line}`);
}

function relationLines(relation: RelationDifference): string[] {
  const { namespace, name, added, removed, changed, key, samples } = relation;
  const how = key.length === 0 ? " (whole rows: no usable primary key)" : "";
  const columns = Object.entries(relation.changedColumns)
    .sort(([, a], [, b]) => b - a)
    .map(([column, rows]) => `${quoteIdent(column)} in ${formatCount(rows)}`);
  return [
    `~ rows of ${qualify(namespace, name)}: +${formatCount(added)} -${formatCount(removed)} ~${formatCount(changed)}${how}`,
    ...(columns.length > 0 ? [`    changed: ${columns.join(", ")}`] : []),
    ...samples.map((sample) => `    ${sampleText(sample)}`),
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
  return `${SIGNS[change]} ${[keys.join(" "), values.join(", ")].filter(Boolean).join("  ")}`;
}
