/**
 * The primary keys of an archive's tables, from the statements that make them: `ALTER TABLE … ADD CONSTRAINT … PRIMARY
 * KEY (…)` as `ddl/index-relation.ts` writes them. Pure.
 */
import type { Manifest, ManifestRelation } from "../archive/format/manifest.ts";

const PRIMARY_KEY = /\n {4}ADD CONSTRAINT (?:"(?:[^"]|"")+"|[^" ]+) PRIMARY KEY \(/;
/** One name of a column list, and what follows it. */
const COLUMN = /^("(?:[^"]|"")+"|[^",()\s]+)(, |\))/;

/** A look-up of key columns by relation; an empty list where there is no primary key or the archive holds no schema. */
export function primaryKeys(manifest: Manifest): (relation: ManifestRelation) => readonly string[] {
  const byTable = new Map<number, readonly string[]>();
  for (const { kind, parent, statements } of manifest.objects) {
    if (kind !== "key-constraint" || parent === null) continue;
    for (const statement of statements) {
      const columns = keyColumns(statement);
      if (columns !== undefined) byTable.set(parent, columns);
    }
  }
  return ({ kind, object, columns }) => {
    if (kind === "large-objects") return columns.slice(0, 2);
    return (object === null ? undefined : byTable.get(object)) ?? [];
  };
}

/** The columns of the primary key that a statement adds; undefined when it adds none. */
export function keyColumns(statement: string): string[] | undefined {
  const match = PRIMARY_KEY.exec(statement);
  if (match === null) return undefined;
  const columns: string[] = [];
  let rest = statement.slice(match.index + match[0].length);
  for (;;) {
    const column = COLUMN.exec(rest);
    if (column === null) return undefined;
    const name = column[1]!;
    columns.push(name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
    if (column[2] === ")") return columns;
    rest = rest.slice(column[0].length);
  }
}
