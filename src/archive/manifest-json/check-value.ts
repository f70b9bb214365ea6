/**
 * Checks a parsed value against a shape and stops at the first violation. A validator that collects them all would make
 * millions of reports of a hostile text, and one that copies would double the memory of an honest one.
 */
import { JSON_TYPES, type Shape } from "./shape.ts";

/** Where in the text something is, as `objects.12.name`. */
export interface Violation {
  readonly path: string;
  readonly problem: string;
}

/** @returns the first violation; undefined when the value has the shape. */
export function checkValue(shape: Shape, value: unknown): Violation | undefined {
  if (Array.isArray(value) && shape.element !== undefined) {
    const { element, minItems } = shape;
    if (value.length < minItems)
      return { path: "", problem: `it has fewer than ${minItems} items` };
    for (let index = 0; index < value.length; index++) {
      const violation = checkValue(element, value[index]);
      if (violation !== undefined) return below(String(index), violation);
    }
    return undefined;
  }
  if (shape.fields !== undefined && isObject(value)) {
    for (const { name, shape: inner, isOptional } of shape.fields) {
      if (isOptional && value[name] === undefined) continue;
      const violation = checkValue(inner, value[name]);
      if (violation !== undefined) return below(name, violation);
    }
    return undefined;
  }
  if (value === null && (shape.types & JSON_TYPES.null) !== 0) return undefined;
  const problem = shape.accepts(value);
  return problem === undefined ? undefined : { path: "", problem };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function below(name: string, { path, problem }: Violation): Violation {
  return { path: path === "" ? name : `${name}.${path}`, problem };
}
