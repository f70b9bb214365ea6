/** Statements without the tablespaces that they name, so that the target's default is used. Pure. */
import type { ManifestObject } from "../../archive/format/manifest.ts";
import { rewrite } from "../../sql/deparse/scan.ts";

/** Kinds whose CREATE statement has the clause (src/ddl/kinds/table.ts and view.ts). */
const WITH_CLAUSE: ReadonlySet<string> = new Set(["table", "materialized-view"]);

/** Kinds whose statement stands between two that choose the tablespace of an index (src/ddl/kinds/index-relation.ts). */
const INDEXES: ReadonlySet<string> = new Set(["index", "key-constraint"]);

const SET_DEFAULT = /^SET LOCAL default_tablespace = \S.*$/s;

export function withoutTablespaces(objects: readonly ManifestObject[]): readonly ManifestObject[] {
  return objects.map((object) => {
    const { kind, statements } = object;
    if (!WITH_CLAUSE.has(kind) && !INDEXES.has(kind)) return object;
    const kept = statements.filter((text) => !INDEXES.has(kind) || !SET_DEFAULT.test(text));
    return { ...object, statements: kept.map((text) => withoutTablespace(kind, text)) };
  });
}

/** In capitals and without quotes, as no name is written. */
const CLAUSE = /[ \n]TABLESPACE (?:"(?:[^"]|"")*"|[\w$\u0080-\uFFFF]+)/y;

/** A statement that does one thing or another by the server's version holds the clause in its dollar-quoted body. */
const DO_BLOCK = /^(DO (\$\w*\$))(.*)(\2)$/s;

/** A statement of an object of this kind, as a dump writes it, without TABLESPACE. */
export function withoutTablespace(kind: string, statement: string): string {
  if (!WITH_CLAUSE.has(kind)) return statement;
  const [, head = "", , body = statement, end = ""] = DO_BLOCK.exec(statement) ?? [];
  const text = rewrite(body, (at) => {
    CLAUSE.lastIndex = at;
    const clause = CLAUSE.exec(body)?.[0];
    return clause === undefined ? null : { text: "", end: at + clause.length };
  });
  return `${head}${text}${end}`;
}
