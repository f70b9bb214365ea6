/** Which of the calls that `catalog/inferred/unsure-call.ts` finds may mean another function after a restore. Pure. */
import { address } from "../catalog/address.ts";
import type { CandidateFunction, UnsureCallRow } from "../catalog/inferred/unsure-call.ts";
import type { Catalog } from "../catalog/read.ts";
import type { DumpableObject } from "../ddl/dumpable-object.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import { qualify } from "../sql/ident.ts";
import { argumentTypes } from "../sql/node-tree.ts";
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
  const calls = row.trees.flatMap((tree) => argumentTypes(tree, row.called.oid));
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
