/** Which of the calls that `catalog/inferred/unsure-call.ts` finds may mean another function after a restore. Pure. */
import { address } from "../catalog/address.ts";
import type { CandidateFunction, UnsureCallRow } from "../catalog/inferred/unsure-call.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import { qualify } from "../sql/ident.ts";
import { objectLabel } from "../util/label.ts";
import { type Warning, warning } from "../warnings.ts";

/** @param objects those that are dumped, with the sections that they have in the end. */
export function unsureCallWarnings(
  catalog: Catalog,
  objects: readonly DumpableObject[],
): Warning[] {
  if (catalog.unsureCalls.length === 0) return [];
  const late = new Map(
    objects
      .filter(({ section }) => section === "post-data")
      .flatMap((object) => object.addresses.map((each) => [each, object] as const)),
  );
  return catalog.unsureCalls.flatMap((row) => {
    const object = late.get(address(row.classid, row.objid));
    const newerFunction = object === undefined ? undefined : otherFunction(row);
    if (object === undefined || newerFunction === undefined) return [];
    const [called, newer] = [row.called.oid, newerFunction.oid].map((oid) =>
      functionName(catalog, oid),
    );
    const label = objectLabel(object);
    return warning(
      "unsure-call",
      label,
      `${label} calls ${called}, and may call ${newer} after a restore, which was created later, or fail: write all arguments into its expression, or rename one of the functions`,
    );
  });
}

function functionName({ functions, namespaces }: Catalog, oid: number): string {
  const row = functions.find((each) => each.oid === oid);
  if (row === undefined) return `function ${oid}`;
  const schema = namespaceNames(namespaces).get(row.namespace) ?? null;
  return `function ${qualify(schema, row.name)}(${row.argumentTypes})`;
}

/** The function that may be called instead; undefined for none. */
export function otherFunction(row: UnsureCallRow): CandidateFunction | undefined {
  const calls = row.trees.flatMap((tree) => argumentsOfCalls(tree, row.called.oid));
  return row.others.find((candidate) => calls.some((call) => mayMean(row, candidate, call)));
}

/**
 * Whether the text of a call does not exclude another function: the server writes arguments with casts to the types of the
 * function, unless that takes any type, and leaves out those with a default.
 * @param call the types of the arguments, null where they are not known.
 */
function mayMean(
  { called, implicitCasts, anyTypes }: UnsureCallRow,
  { types, defaults }: CandidateFunction,
  call: readonly (number | null)[],
): boolean {
  const isAny = (type: number | undefined): boolean => anyTypes.includes(type!);
  const isExact = call.length === called.types.length && !called.types.some(isAny);
  if (isExact) return false;
  if (call.length > types.length || call.length < types.length - defaults) return false;
  return call.every((type, n) => {
    const parameter = types[n];
    if (!isAny(called.types[n])) return parameter === called.types[n];
    if (type === null || type === parameter || isAny(parameter)) return true;
    return implicitCasts.includes(`${type} ${parameter}`);
  });
}

/** The types of the arguments of each call of a function in a node tree. */
function argumentsOfCalls(tree: string, oid: number): (number | null)[][] {
  const start = `{FUNCEXPR :funcid ${oid} `;
  const calls: (number | null)[][] = [];
  for (let at = tree.indexOf(start); at >= 0; at = tree.indexOf(start, at + 1)) {
    const args = fieldsOf(tree.slice(at, endOf(tree, at))).get("args") ?? "";
    calls.push(nodesOf(args).map(typeOf));
  }
  return calls;
}

/** Fields that tell the type of a node (src/include/nodes/primnodes.h). */
const TYPES = /^(?:vartype|consttype|paramtype|funcresulttype|opresulttype|resulttype)$/;

function typeOf(node: string): number | null {
  const type = [...fieldsOf(node)].find(([name]) => TYPES.test(name))?.[1];
  return type === undefined ? null : Number(type);
}

/** The nodes in a list. */
function nodesOf(text: string): string[] {
  const nodes: string[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at)) {
    const end = endOf(text, at);
    nodes.push(text.slice(at, end));
    at = end;
  }
  return nodes;
}

/** The fields of a node itself: `:name value`. */
function fieldsOf(node: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  let from = 0;
  const end = (at: number): void => {
    if (name !== undefined) fields.set(name, node.slice(from, at).trim());
  };
  for (let at = 1; at < node.length - 1; at++) {
    const char = node[at]!;
    if (char === "\\") at++;
    else if (char === "{" || char === "(") at = endOf(node, at) - 1;
    else if (char === ":" && node[at - 1] === " ") {
      end(at);
      name = /^\w+/.exec(node.slice(at + 1, at + 65))?.[0];
      from = at + 1 + (name?.length ?? 0);
    }
  }
  end(node.length - 1);
  return fields;
}

/** The index after the node or list that begins at `start`. A backslash stands before what is no syntax. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === "{" || char === "(") depth++;
    else if (char === "}" || char === ")") {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
