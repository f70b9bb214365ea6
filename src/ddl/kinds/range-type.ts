/** CREATE TYPE … AS RANGE, which creates the multirange type, the constructor functions and the cast as well. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { MovedConstructor, RangeTypeRow } from "../../catalog/range-type.ts";
import type { TypeRow } from "../../catalog/type.ts";
import { chosenMultirangeName } from "../../sql/chosen-name.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import { definition } from "../definition.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { sqlName } from "../schema-object.ts";
import { shellTypeObject, typeAddresses, typeObject, typesOf } from "./type.ts";
import { FEATURE } from "../server-features.ts";

export function rangeTypes(context: DdlContext): DumpableObject[] {
  const byType = new Map(context.catalog.rangeTypes.map((row) => [row.type, row]));
  return typesOf(context, "r").flatMap((row) => {
    const range = byType.get(row.oid)!;
    const common = typeObject(context, row);
    const object: DumpableObject = {
      ...common,
      addresses: [
        ...common.addresses,
        ...typeAddresses(range.multirangeType, range.multirangeArrayType),
        ...range.functions.map((oid) => address(CATALOG.proc, oid)),
        ...range.casts.map((oid) => address(CATALOG.cast, oid)),
      ],
      parts: typeAddresses(range.multirangeType).map((part) => ({
        address: part,
        target: `TYPE ${range.multirangeName!}`,
      })),
      sql: () => [
        createRange(context, row, range),
        ...range.movedConstructors.flatMap(moveConstructor),
      ],
      features: multirangeName(context, row, range) === null ? undefined : [FEATURE.multirangeType],
    };
    // The canonical function takes and returns the type itself.
    return range.canonical === null ? [object] : [shellTypeObject(context, row), object];
  });
}

function createRange(context: DdlContext, row: TypeRow, range: RangeTypeRow): string {
  return `CREATE TYPE ${sqlName(context, row)} AS RANGE ${definition([
    ["subtype", range.subtype],
    ["multirange_type_name", multirangeName(context, row, range)],
    ["subtype_opclass", range.opclass],
    ["collation", range.collation],
    ["canonical", range.canonical],
    ["subtype_diff", range.subtypeDiff],
  ])}`;
}

function moveConstructor(moved: MovedConstructor): string[] {
  const { created, namespace, name } = moved;
  const alter = (current: string): string =>
    `ALTER FUNCTION ${qualify(created.namespace, current)}(${moved.arguments})`;
  return [
    ...(name === created.name ? [] : [`${alter(created.name)} RENAME TO ${quoteIdent(name)}`]),
    ...(namespace === created.namespace
      ? []
      : [`${alter(name)} SET SCHEMA ${quoteIdent(namespace)}`]),
  ];
}

/**
 * Null for the name that the server chooses where the target must choose it again: in reproducible archives, as 13 has no multiranges, and where the server truncated the name in
 * the middle of a character, as such a name cannot be written.
 */
function multirangeName(context: DdlContext, row: TypeRow, range: RangeTypeRow): string | null {
  const serverName = chosenMultirangeName(row.name);
  const isLeftOut = context.options.reproducible === true || serverName.includes("\uFFFD");
  const isServerName =
    range.multirangeName === qualify(context.namespace(row.namespace), serverName);
  return isLeftOut && isServerName ? null : range.multirangeName;
}
