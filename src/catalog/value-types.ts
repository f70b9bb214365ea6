/**
 * What the text of values means: the types of which a type consists, as far as another definition of them would give the same
 * text another meaning. Types are named as `format_type()` prints them with an empty search path. Pure.
 */
import { qualify } from "../sql/ident.ts";
import { groupBy } from "../util/group-by.ts";
import type { CompositeColumnRow } from "./composite-type.ts";
import type { DomainRow } from "./domain.ts";
import type { EnumLabelsRow } from "./enum-type.ts";
import { type NamespaceRow, namespaceNames } from "./namespace.ts";
import type { RangeTypeRow } from "./range-type.ts";
import type { TypeRow } from "./type.ts";

/** At most one field is set: a base type has none, and is known by its name. */
export interface TypeParts<Reference> {
  /** The type under a domain. */
  readonly domainOf?: Reference | undefined;
  /** The type of an array's elements. */
  readonly arrayOf?: Reference | undefined;
  /** The type of a range's bounds, or of a multirange's ranges. */
  readonly rangeOf?: Reference | undefined;
  /** Of an enum, in their order. */
  readonly labels?: readonly string[] | undefined;
  /** Of a composite type or a table's row type, in their order. */
  readonly attributes?: readonly { readonly name: string; readonly type: Reference }[] | undefined;
}

/** A type whose parts are named. */
export type ValueType = TypeParts<string>;

/** The same parts, referred to in another way. */
export function mapParts<From, To>(
  { domainOf, arrayOf, rangeOf, labels, attributes }: TypeParts<From>,
  refer: (part: From) => To,
) {
  return {
    ...(domainOf === undefined ? {} : { domainOf: refer(domainOf) }),
    ...(arrayOf === undefined ? {} : { arrayOf: refer(arrayOf) }),
    ...(rangeOf === undefined ? {} : { rangeOf: refer(rangeOf) }),
    ...(labels === undefined ? {} : { labels: [...labels] }),
    ...(attributes === undefined
      ? {}
      : { attributes: attributes.map(({ name, type }) => ({ name, type: refer(type) })) }),
  };
}

/** Looks up a type by its name. */
export type ValueTypes = (name: string) => ValueType;

/** The rows of the catalogs from which types are known. */
export interface ValueTypeRows {
  readonly namespaces: readonly Pick<NamespaceRow, "oid" | "name">[];
  readonly types: readonly Pick<TypeRow, "oid" | "name" | "namespace" | "type">[];
  readonly enumLabels: readonly EnumLabelsRow[];
  readonly domains: readonly Pick<DomainRow, "type" | "baseType">[];
  readonly compositeColumns: readonly Pick<CompositeColumnRow, "type" | "name" | "columnType">[];
  readonly rangeTypes: readonly Pick<RangeTypeRow, "type" | "subtype" | "multirangeName">[];
}

/** A table whose row type may be the type of a value. Its columns are asked for only then. */
export interface RowType {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: () => NonNullable<ValueType["attributes"]>;
}

const ARRAY = /\[\]$/;
const BASE: ValueType = {};

export function valueTypes(rows: ValueTypeRows, rowTypes: Iterable<RowType>): ValueTypes {
  const known = new Map<string, () => ValueType>();
  for (const { namespace, name, attributes } of rowTypes)
    known.set(plainly(qualify(namespace, name)), () => ({ attributes: attributes() }));
  for (const [name, type] of definedTypes(rows)) known.set(plainly(name), () => type);
  return (name) => {
    if (ARRAY.test(name)) return { arrayOf: name.replace(ARRAY, "") };
    return known.get(plainly(name))?.() ?? BASE;
  };
}

/** Which words are quoted depends on the server's version. */
function plainly(name: string): string {
  return name.replaceAll(/"([a-z_][a-z0-9_]*)"/g, "$1");
}

function* definedTypes(rows: ValueTypeRows): Iterable<[name: string, ValueType]> {
  const namespaces = namespaceNames(rows.namespaces);
  const labels = new Map(rows.enumLabels.map((row) => [row.type, row.labels]));
  const bases = new Map(rows.domains.map((row) => [row.type, row.baseType]));
  const ranges = new Map(rows.rangeTypes.map((row) => [row.type, row]));
  const attributes = groupBy(rows.compositeColumns, (row) => row.type);
  for (const { oid, namespace, name: typeName, type } of rows.types) {
    const name = qualify(namespaces.get(namespace)!, typeName);
    if (type === "d") yield [name, { domainOf: bases.get(oid)! }];
    if (type === "e") yield [name, { labels: labels.get(oid) ?? [] }];
    if (type === "c") yield [name, { attributes: attributesOf(attributes.get(oid) ?? []) }];
    const range = type === "r" ? ranges.get(oid) : undefined;
    if (range === undefined) continue;
    yield [name, { rangeOf: range.subtype }];
    if (range.multirangeName !== null) yield [range.multirangeName, { rangeOf: name }];
  }
}

function attributesOf(
  rows: readonly Pick<CompositeColumnRow, "name" | "columnType">[],
): NonNullable<ValueType["attributes"]> {
  return rows.flatMap(({ name, columnType }) =>
    name === null || columnType === null ? [] : [{ name, type: columnType }],
  );
}
