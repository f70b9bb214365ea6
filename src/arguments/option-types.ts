/** The types of which schemas of options consist. The message of each completes "must be …". */
import { z } from "zod";

export const flag = z.boolean({ error: "true or false" });
export const text = z.string({ error: "a text" });
export const texts = z.array(text, { error: "an array of texts" });
export const flagOrTexts = z.union([z.boolean(), z.array(z.string())], {
  error: "true, false or an array of texts",
});
export const textByName = z.record(z.string(), text, { error: "an object of texts" });
const setting = z.union([z.string(), z.number(), z.boolean()], {
  error: "a text, a number, true or false",
});
/** Of a server, by their names. */
export const settingByName = z.record(z.string(), setting, { error: "an object of settings" });
export const positiveInteger = z.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) > 0,
  "a positive integer",
);
export const count = z.custom<number>(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  "an integer that is not negative",
);
export const milliseconds = z.custom<number>(
  (value) => typeof value === "number" && value >= 0 && value < 2 ** 31,
  "a number of milliseconds",
);
export const abortSignal = z.custom<AbortSignal>((value) => {
  const { aborted, addEventListener } = (value ?? {}) as Partial<AbortSignal>;
  return typeof aborted === "boolean" && typeof addEventListener === "function";
}, "an AbortSignal");

export function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(", ")}` });
}

export function list<Type extends z.ZodType>(type: Type, what: string) {
  return z.array(type, { error: `an array of ${what}` });
}

/** A function; what it takes and returns cannot be seen before it is called. */
export function callback<Type extends (...args: never[]) => unknown>() {
  return z.custom<Type>((value) => typeof value === "function", "a function");
}

/** An object with these properties and no others. */
export function objectOf<Shape extends z.ZodRawShape>(shape: Shape, what: string) {
  const object = z.strictObject(shape, { error: what });
  return z.custom<z.input<typeof object>>(isObject, what).pipe(object);
}

/** Whether it is an object as such, and nothing that only has no properties: no Map, no promise, no bytes. */
export function isObject(value: unknown): value is object {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** An object with these members, such as one that another function of this package returned. */
export function objectWith<Type extends object>(
  members: readonly (keyof Type & string)[],
  what: string,
) {
  return z.custom<Type>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      members.every((name) => (value as Partial<Record<string, unknown>>)[name] !== undefined),
    what,
  );
}

/** A length of time that may be longer than a timer can wait. */
export const duration = z.custom<number>(
  (value) => typeof value === "number" && value >= 0 && Number.isFinite(value),
  "a number of milliseconds",
);

export function instanceOrText<Instance>(type: new (...args: never[]) => Instance, what: string) {
  return z.custom<Instance | string>(
    (value) => value instanceof type || (typeof value === "string" && value !== ""),
    what,
  );
}

export function falseOr<Type extends z.ZodType>(type: Type, what: string) {
  return z.union([z.literal(false), type], { error: what });
}

/** Anything: what it means is checked elsewhere. */
export function unchecked<Type>() {
  return z.custom<Type>(() => true);
}

/** Variables of a process. */
export const environment = z.custom<Readonly<Record<string, string | undefined>>>(
  (value) =>
    isObject(value) &&
    Object.values(value).every((each) => each === undefined || typeof each === "string"),
  "an object of texts",
);
