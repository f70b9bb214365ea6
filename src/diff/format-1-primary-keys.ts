/**
 * Primary keys of archives of format 1, whose manifest does not record them: read from the statements that create them,
 * `ALTER TABLE … ADD CONSTRAINT … PRIMARY KEY (…)`, as the dump wrote them then. Pure.
 */
import type { Manifest, ManifestRelation } from "../archive/format/manifest.ts";
import { unquoteIdent } from "../sql/ident.ts";

const PRIMARY_KEY = /\n {4}ADD CONSTRAINT (?:"(?:[^"]|"")+"|[^" ]+) PRIMARY KEY \(/;
/** A name of a column list, and what follows it. */
const COLUMN = /^("(?:[^"]|"")+"|[^",()\s]+)(, |\))/;

/** Key columns by table; none where there is no primary key or the archive holds no schema. */
export function format1PrimaryKeys({
  objects,
}: Manifest): (relation: ManifestRelation) => readonly string[] {
  const byTable = new Map<number, readonly string[]>();
  for (const { kind, parent, statements } of objects) {
    if (kind !== "key-constraint" || parent === null) continue;
    for (const statement of statements) {
      const columns = keyColumns(statement);
      if (columns !== undefined) byTable.set(parent, columns);
    }
  }
  return ({ object }) => (object === null ? undefined : byTable.get(object)) ?? [];
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
    columns.push(unquoteIdent(name));
    if (column[2] === ")") return columns;
    rest = rest.slice(column[0].length);
  }
}
