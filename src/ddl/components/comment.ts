/** COMMENT ON, for every object that names a target, for its columns, and for the parts that its statement creates. */
import { type Address, address, CATALOG, catalogOf } from "../../catalog/address.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { groupBy } from "../../util/group-by.ts";
import { beforeMajor, sinceMajor } from "../conditional-statement.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import type { ServerFeature } from "../server-features.ts";
import { component } from "./component.ts";

interface Comment {
  readonly part: string;
  readonly target: string;
  /** Null removes a comment. */
  readonly text: string | null;
  readonly features?: readonly ServerFeature[] | undefined;
}

/** All comments. Each follows its object in the same section. */
export function comments(
  { catalog }: DdlContext,
  objects: readonly DumpableObject[],
): DumpableObject[] {
  const byAddress = groupBy(catalog.comments, (row) => address(row.classoid, row.objoid));
  /** The comment of an object itself, not of a column. */
  const textOf = (of: Address | undefined): string | null =>
    (of === undefined ? undefined : byAddress.get(of))?.find(({ objsubid }) => objsubid === 0)
      ?.description ?? null;
  const components: DumpableObject[] = [];
  const add = (object: DumpableObject, { part, target, text, features }: Comment): void => {
    const comment = `COMMENT ON ${target} IS ${text === null ? "NULL" : quoteLiteral(text)}`;
    const { absentBefore, absentSince } = object;
    const later = absentBefore === undefined ? comment : sinceMajor(absentBefore, comment);
    const statements = [absentSince === undefined ? later : beforeMajor(absentSince, later)];
    components.push(component(object, "comment", { part, name: target, statements, features }));
  };
  objects.forEach((object) => {
    const { target, columns, parts, commentFeatures: features } = object;
    if (target !== undefined && object.addresses.length > 0) {
      const text = textOf(object.addresses[0]);
      if (text !== (object.initialComment ?? null))
        add(object, { part: "", target, text, features });
    }
    const relation = columns === undefined ? undefined : relationOf(object);
    const rows = relation === undefined ? undefined : byAddress.get(relation);
    rows?.forEach(({ objsubid, description: text }) => {
      const column = columns?.find(({ number }) => number === objsubid);
      if (column === undefined) return;
      add(object, { part: `/${objsubid}`, target: columnTarget(object, column.name), text });
    });
    parts?.forEach((part) => {
      const text = textOf(part.address);
      if (text !== null) add(object, { part: `/${part.address}`, target: part.target, text });
    });
  });
  return components;
}

/** The relation that holds the columns of an object: of a composite type it is not the first address. */
export function relationOf(object: DumpableObject): Address | undefined {
  return object.addresses.find((each) => catalogOf(each) === CATALOG.class);
}

/** `COLUMN schema.relation.column`, as COMMENT ON and SECURITY LABEL ON name a column. */
export function columnTarget(object: DumpableObject, column: string): string {
  return `COLUMN ${qualify(object.namespace, object.name)}.${quoteIdent(column)}`;
}
