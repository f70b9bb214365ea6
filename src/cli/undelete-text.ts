/** What an undelete will do and did, as text. Pure. */
import { qualify } from "../sql/ident.ts";
import { conflictText } from "../undelete/conflict.ts";
import type { UndeletedTable, UndeletePlan, UndeleteResult } from "../undelete/options.ts";
import { formatDuration, plural } from "../util/format.ts";

/** A line for each table, each reference that is set back, and each conflict. */
export function planLines({ tables, references, conflicts }: UndeletePlan): string[] {
  return [
    ...tables.flatMap(tableLines),
    ...references.flatMap(({ namespace, name, columns, rows }) =>
      rows === null || rows === 0
        ? []
        : [
            `${qualify(namespace, name)}: sets ${columns.join(", ")} back in ${plural(rows, "row")}`,
          ],
    ),
    ...conflicts.map((conflict) => `conflict: ${conflictText(conflict)}`),
  ];
}

function tableLines(table: UndeletedTable): string[] {
  const parts = [
    `inserts ${plural(table.inserted, "row")}`,
    ...counted(table.dependents, "came along as dependent", "came along as dependents"),
    ...counted(table.referenced, "came along as referenced", "came along as referenced"),
    ...counted(table.unchanged, "is there unchanged", "are there unchanged"),
    ...counted(table.changed, "is there with other values", "are there with other values"),
    ...counted(table.nulled, "loses a reference", "lose a reference"),
  ];
  const name = qualify(table.namespace, table.name);
  const how = table.key.length === 0 ? " (whole rows: no usable key)" : "";
  const keys = table.keys.map((key) =>
    Object.entries(key)
      .map(([column, value]) => `${column}=${value}`)
      .join(" "),
  );
  const rest = table.inserted - keys.length;
  const more = rest > 0 && keys.length > 0 ? [`… and ${rest} more`] : [];
  return [`${name}: ${parts.join(", ")}${how}`, ...[...keys, ...more].map((line) => `    ${line}`)];
}

function counted(rows: number, singular: string, several: string): string[] {
  return rows === 0 ? [] : [`${rows} ${rows === 1 ? singular : several}`];
}

export function undeleteText(result: UndeleteResult, dryRun: boolean): string {
  const { target, rows, conflicts, references, elapsedMs } = result;
  const took = formatDuration(elapsedMs);
  if (conflicts.length > 0)
    return `${target}: ${plural(conflicts.length, "conflict")}; nothing was changed`;
  const back = references.reduce((sum, reference) => sum + (reference.rows ?? 0), 0);
  const done = `${plural(rows, "row")} inserted${back > 0 ? ` and ${plural(back, "reference")} set back` : ""}`;
  return dryRun
    ? `${target}: ${done} and rolled back in ${took}; nothing was changed`
    : `${target}: ${done} and committed in ${took}`;
}
