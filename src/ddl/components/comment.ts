/** COMMENT ON, for every piece that names a target, for its columns and for the objects written inside it. */
import { type Address, address, CATALOG, catalogOf } from "../../catalog/address.ts";
import type { CommentRow } from "../../catalog/comment.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { component } from "./component.ts";

/** What initdb says of the schema public in every new database. */
const PUBLIC_COMMENT = "standard public schema";

/** The statement that sets a comment; null removes it. */
function commentOn(target: string, text: string | null): string {
  return `COMMENT ON ${target} IS ${text === null ? "NULL" : quoteLiteral(text)}`;
}

/** The relation that holds the columns of a piece: of a composite type it is not the first address. */
export function relationOf(object: DumpableObject): Address | undefined {
  return object.addresses.find((one) => catalogOf(one) === CATALOG.class);
}

/** `schema.relation.column`, as COMMENT ON COLUMN and SECURITY LABEL ON COLUMN take it. */
export function columnTarget(object: DumpableObject, column: string): string {
  return `COLUMN ${qualify(object.namespace, object.name)}.${quoteIdent(column)}`;
}

/** Comments of the pieces, each a piece that follows its object in the same section. */
export function comments(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  const byAddress = new Map<Address, CommentRow[]>();
  for (const row of catalog.comments) {
    const key = address(row.classoid, row.objoid);
    const rows = byAddress.get(key);
    if (rows === undefined) byAddress.set(key, [row]);
    else rows.push(row);
  }
  const made: DumpableObject[] = [];
  const add = (object: DumpableObject, part: string, target: string, text: string | null) => {
    const features = part === "" ? object.commentFeatures : undefined;
    made.push(component(object, "comment", part, target, [commentOn(target, text)], { features }));
  };
  objects.forEach((object) => {
    const own = object.addresses[0];
    if (object.target !== undefined && own !== undefined) {
      const text = byAddress.get(own)?.find((row) => row.objsubid === 0)?.description ?? null;
      if (object.kind === "schema" && object.name === "public") {
        // The target has the schema and its comment from the start, so what is written is the difference.
        if (text !== PUBLIC_COMMENT) add(object, "", object.target, text);
      } else if (text !== null) add(object, "", object.target, text);
    }
    const relation = object.columns === undefined ? undefined : relationOf(object);
    if (object.columns !== undefined && relation !== undefined) {
      for (const row of byAddress.get(relation) ?? []) {
        const column = object.columns.find(({ number }) => number === row.objsubid);
        if (column !== undefined) {
          add(object, `/${row.objsubid}`, columnTarget(object, column.name), row.description);
        }
      }
    }
    object.parts?.forEach((part) => {
      const row = byAddress.get(part.address)?.find(({ objsubid }) => objsubid === 0);
      if (row !== undefined) add(object, `/${part.address}`, part.target, row.description);
    });
  });
  return made;
}
