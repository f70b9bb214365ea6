/**
 * The shape of a JSON value, derived from its zod schema: enough to tell, byte by byte and before anything is built, that a
 * text cannot become a valid value. Schemas here are strict: no field is present but those that they name.
 */
import type { z } from "zod";
import { NexushubDumpError } from "../../errors.ts";

/** Types of JSON values, as bits. */
export const JSON_TYPES = {
  object: 1,
  list: 2,
  string: 4,
  number: 8,
  boolean: 16,
  null: 32,
} as const;

/** A value of one of several types. Only one of `fields` and `element` is there. */
export interface Shape {
  /** Bits of `JSON_TYPES`. */
  readonly types: number;
  /** Of an object, in the order in which our writer has them. */
  readonly fields?: readonly Field[];
  /** Of a list. */
  readonly element?: Shape;
  readonly minItems: number;
  readonly maxItems: number;
  /** Of a string, in UTF-16 code units. */
  readonly maxLength: number;
  /** Checks a value that is neither object nor list. */
  readonly accepts: (value: unknown) => string | undefined;
}

export interface Field {
  readonly name: string;
  /** The name as it stands in the text, without quotation marks. */
  readonly bytes: Buffer;
  readonly shape: Shape;
  readonly isOptional: boolean;
}

type Schema = z.core.$ZodType;

/** Derives the shape of a schema of strict objects, lists and scalars without defaults or transformations. */
export function shapeOf(schema: z.ZodType): Shape {
  const def = schema.def as unknown as Definition;
  const scalar = SCALARS[def.type];
  if (scalar !== undefined) {
    const maxLength = (schema as { maxLength?: number | null }).maxLength ?? Infinity;
    return { ...EMPTY, types: scalar, maxLength, accepts: scalarCheck(schema, def) };
  }
  switch (def.type) {
    case "nullable": {
      const inner = shapeOf(def.innerType as z.ZodType);
      const { accepts } = inner;
      return {
        ...inner,
        types: inner.types | JSON_TYPES.null,
        accepts: (value) => (value === null ? undefined : accepts(value)),
      };
    }
    case "array":
      return {
        ...EMPTY,
        types: JSON_TYPES.list,
        ...itemLimits(def),
        element: shapeOf(def.element as z.ZodType),
      };
    case "object":
      return { ...EMPTY, types: JSON_TYPES.object, fields: fieldsOf(def.shape ?? {}) };
    default:
      throw new NexushubDumpError("INTERNAL", `no shape can be derived from ${def.type}`);
  }
}

function checksOf(checks: NonNullable<Definition["checks"]>): readonly Check[] {
  // oxlint-disable-next-line no-underscore-dangle -- where zod tells authors of libraries to look
  return checks.map(({ _zod }) => _zod.def as Check);
}

interface Check {
  readonly check: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly value?: number;
  readonly inclusive?: boolean;
}

/** What is read of a schema's definition (zod, "Library authors"). */
interface Definition {
  readonly type: string;
  readonly format?: string;
  readonly innerType?: Schema;
  readonly element?: Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly checks?: readonly { readonly _zod: { readonly def: object } }[];
}

const SCALARS: Readonly<Record<string, number | undefined>> = {
  string: JSON_TYPES.string,
  enum: JSON_TYPES.string,
  number: JSON_TYPES.number,
  literal: JSON_TYPES.string | JSON_TYPES.number,
  boolean: JSON_TYPES.boolean,
};

const EMPTY: Shape = {
  types: 0,
  minItems: 0,
  maxItems: Infinity,
  maxLength: Infinity,
  accepts: () => undefined,
};

function fieldsOf(shape: Readonly<Record<string, Schema>>): Field[] {
  return Object.entries(shape).map(([name, schema]) => {
    const def = (schema as z.ZodType).def as unknown as Definition;
    const isOptional = def.type === "optional";
    const type = (isOptional ? def.innerType : schema) as z.ZodType;
    return { name, bytes: Buffer.from(name), shape: shapeOf(type), isOptional };
  });
}

function itemLimits({ checks = [] }: Definition): Pick<Shape, "minItems" | "maxItems"> {
  let [minItems, maxItems] = [0, Infinity];
  for (const { minimum, maximum } of checksOf(checks)) {
    minItems = Math.max(minItems, minimum ?? 0);
    maxItems = Math.min(maxItems, maximum ?? Infinity);
  }
  return { minItems, maxItems };
}

/** A schema's verdict takes ten times as long as these checks, which most of the values of a manifest have alone. */
function scalarCheck(schema: z.ZodType, def: Definition): Shape["accepts"] {
  const bounds = boundsOf(def);
  return (value) => {
    if (bounds !== undefined && isWithin(value, bounds)) return undefined;
    const result = schema.safeParse(value);
    return result.success ? undefined : (result.error.issues[0]?.message ?? "it is not valid");
  };
}

/** What a text's length and a safe integer must be between, both included. */
type Bounds = { readonly type: "string" | "number"; readonly min: number; readonly max: number };

/** @returns undefined when the schema checks more than a type and bounds. */
function boundsOf({ type, format, checks = [] }: Definition): Bounds | undefined {
  // Texts of a format, such as a date, check it without a check of the list.
  if ((type !== "string" && type !== "number") || format !== undefined) return undefined;
  let [min, max] = type === "string" ? [0, Infinity] : [-Infinity, Infinity];
  let isInteger = type === "string";
  for (const check of checksOf(checks)) {
    if (check.check === "number_format" && check.format === "safeint") isInteger = true;
    else if (check.check === "min_length") min = Math.max(min, check.minimum!);
    else if (check.check === "max_length") max = Math.min(max, check.maximum!);
    else if (check.check === "greater_than" && check.inclusive) min = Math.max(min, check.value!);
    else if (check.check === "less_than" && check.inclusive) max = Math.min(max, check.value!);
    else return undefined;
  }
  return isInteger ? { type, min, max } : undefined;
}

function isWithin(value: unknown, { type, min, max }: Bounds): boolean {
  if (type === "string")
    return typeof value === "string" && value.length >= min && value.length <= max;
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}
