/**
 * Whether the text of a value still means the same where the type of its column changed. Only changes of which that is known
 * are taken: the server may read the text of any other without an error, and as another value. Pure.
 */
import type { ValueTypes } from "../catalog/value-types.ts";

/** A type, and where its definition and those of its parts are found. */
export interface NamedType {
  readonly name: string;
  readonly lookUp: ValueTypes;
}

/**
 * `same`: the server reads every text as the value that it was. `checked`: it does, or refuses the text. `changed`: neither is
 * known.
 */
export type Reading = "same" | "checked" | "changed";

export function compareTypes(archived: NamedType, target: NamedType): Reading {
  const from = underDomains(archived);
  const to = underDomains(target);
  const a = from.lookUp(from.name);
  const b = to.lookUp(to.name);
  if (a.labels !== undefined && b.labels !== undefined) return compareLabels(a.labels, b.labels);
  if (a.arrayOf !== undefined && b.arrayOf !== undefined)
    return compareTypes({ ...from, name: a.arrayOf }, { ...to, name: b.arrayOf });
  if (a.rangeOf !== undefined && b.rangeOf !== undefined)
    return compareTypes({ ...from, name: a.rangeOf }, { ...to, name: b.rangeOf });
  if (a.attributes !== undefined && b.attributes !== undefined)
    return compareAttributes({ from, to }, a.attributes, b.attributes);
  // Labels are texts.
  if (a.labels !== undefined) return isText(to.name) ? "same" : "changed";
  if (b.labels !== undefined) return isText(from.name) ? "checked" : "changed";
  const isBase = [a, b].every((type) => Object.keys(type).length === 0);
  return isBase ? compareBaseTypes(parsed(from.name), parsed(to.name)) : "changed";
}

function underDomains({ name, lookUp }: NamedType): NamedType {
  let base = name;
  for (let next = lookUp(base).domainOf; next !== undefined; next = lookUp(base).domainOf)
    base = next;
  return { name: base, lookUp };
}

/** No label changes its place: where those of both types stand in another order, some were renamed. */
function compareLabels(archived: readonly string[], target: readonly string[]): Reading {
  const before = new Set(archived);
  const now = new Set(target);
  const kept = archived.filter((label) => now.has(label));
  const order = target.filter((label) => before.has(label));
  if (kept.some((label, i) => order[i] !== label)) return "changed";
  return kept.length === archived.length ? "same" : "checked";
}

type Attributes = NonNullable<ReturnType<ValueTypes>["attributes"]>;

/** The text of a row has its values in order and without names. */
function compareAttributes(
  { from, to }: { readonly from: NamedType; readonly to: NamedType },
  archived: Attributes,
  target: Attributes,
): Reading {
  const names = (attributes: Attributes): string =>
    JSON.stringify(attributes.map(({ name }) => name));
  if (names(archived) !== names(target)) return "changed";
  const readings = archived.map(({ type }, i) =>
    compareTypes({ ...from, name: type }, { ...to, name: target[i]!.type }),
  );
  return (["changed", "checked"] as const).find((each) => readings.includes(each)) ?? "same";
}

/** A base type, without its schema, and the numbers behind its name; null for none. */
interface BaseType {
  readonly base: string;
  readonly isOfUser: boolean;
  readonly modifiers: string | null;
}

/** `timestamp(3) with time zone` has its modifier within. Quoted names are left as they are. */
function parsed(name: string): BaseType {
  if (name.includes('"')) return { base: name, isOfUser: true, modifiers: null };
  const [open, close] = [name.indexOf("("), name.lastIndexOf(")")];
  const modifiers = open < 0 ? null : name.slice(open + 1, close);
  const unmodified = open < 0 ? name : `${name.slice(0, open)}${name.slice(close + 1)}`;
  const dot = unmodified.indexOf(".");
  return { base: unmodified.slice(dot + 1), isOfUser: dot >= 0, modifiers };
}

/** The same type with more room for what it holds: its modifiers grew, all of them. */
const SIZED: ReadonlySet<string> = new Set([
  "bit varying",
  "character",
  "character varying",
  "interval",
  "time with time zone",
  "time without time zone",
  "timestamp with time zone",
  "timestamp without time zone",
]);

/** Types without modifiers that read every text of the type, as the cast to them does. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  smallint: ["integer", "bigint", "numeric", "text", "character varying"],
  integer: ["bigint", "numeric", "text", "character varying"],
  bigint: ["numeric", "text", "character varying"],
  numeric: ["text", "character varying"],
  "character varying": ["text"],
  text: ["character varying"],
  name: ["text", "character varying"],
  uuid: ["text", "character varying"],
  json: ["jsonb", "text", "character varying"],
  jsonb: ["json", "text", "character varying"],
  date: ["timestamp without time zone"],
  cidr: ["inet"],
  bit: ["bit varying"],
};

/** Types that read a text of the type as the cast does, or refuse it. */
const CHECKED: Readonly<Record<string, readonly string[]>> = {
  integer: ["smallint"],
  bigint: ["integer", "smallint"],
  numeric: ["bigint", "integer", "smallint"],
  text: ["smallint", "integer", "bigint", "numeric", "uuid", "json", "jsonb"],
  "character varying": ["smallint", "integer", "bigint", "numeric", "uuid", "json", "jsonb"],
};

const INTEGERS: ReadonlySet<string> = new Set(["smallint", "integer", "bigint"]);

function compareBaseTypes(from: BaseType, to: BaseType): Reading {
  // An extension can have moved to another schema.
  if (from.isOfUser !== to.isOfUser) return "changed";
  if (from.base === to.base) return compareModifiers(from, to);
  if (to.modifiers !== null) {
    const isRounded = to.modifiers.includes("-");
    return to.base === "numeric" && INTEGERS.has(from.base) && !isRounded ? "checked" : "changed";
  }
  if (WIDER[from.base]?.includes(to.base) === true) return "same";
  return CHECKED[from.base]?.includes(to.base) === true ? "checked" : "changed";
}

function compareModifiers(from: BaseType, to: BaseType): Reading {
  if (from.modifiers === to.modifiers || to.modifiers === null) return "same";
  if (from.modifiers === null) return "changed";
  const before = from.modifiers.split(",").map(Number);
  const now = to.modifiers.split(",").map(Number);
  if (from.base === "numeric") {
    const [precision = 0, scale = 0] = before;
    const [newPrecision = 0, newScale = 0] = now;
    const hasRoom = newScale >= scale && newPrecision - newScale >= precision - scale;
    return hasRoom ? "same" : "changed";
  }
  return SIZED.has(from.base) && now[0]! >= before[0]! ? "same" : "changed";
}

function isText(name: string): boolean {
  return name === "text" || name === "character varying";
}
