/**
 * Names a value for a message, by what it is and never by what it holds: an argument in the wrong place can be a
 * connection string with its password. Objects of other packages are recognized by their members, as these need not be
 * installed. Pure.
 */

export interface DescribedValue {
  /** With its article: `a Drizzle database`, `undefined`. */
  readonly text: string;
  /** What to give instead, where a database or archive was expected. */
  readonly hint?: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

interface Kind {
  readonly text: string;
  readonly hint?: string;
  readonly matches: (value: Members) => boolean;
}

const has =
  (...names: string[]) =>
  (value: Members): boolean =>
    names.every((name) => value[name] !== undefined);

const OWN_POOL = "give the pool or the connection string that it was created with";

/** The first that matches counts. */
const KINDS: readonly Kind[] = [
  { text: "a Drizzle database", hint: "give its client: db.$client", matches: has("$client") },
  {
    text: "a Kysely object",
    hint: OWN_POOL,
    matches: has("selectFrom", "getExecutor"),
  },
  {
    text: "a Prisma client",
    hint: "give the connection string of its datasource",
    matches: has("$connect", "$disconnect"),
  },
  {
    text: "a TypeORM data source",
    hint: "give the connection string of its options",
    matches: has("createQueryRunner", "options"),
  },
  {
    text: "a Sequelize object",
    hint: OWN_POOL,
    matches: has("getQueryInterface", "config"),
  },
  {
    text: "a Knex object",
    hint: "give the connection of its configuration",
    matches: has("raw", "migrate"),
  },
  {
    text: "a client of postgres.js",
    hint: "give the connection string that it was created with",
    matches: has("unsafe", "listen"),
  },
  { text: "a PGlite", matches: has("waitReady", "exec") },
  { text: "a pool of pg", matches: has("totalCount", "idleCount", "connect") },
  { text: "a client of pg", matches: has("connection", "query") },
  {
    text: "a client of another driver",
    hint: "give the connection string that it was created with",
    matches: has("query"),
  },
  { text: "a URL", matches: (value) => value instanceof URL },
  { text: "a Buffer", matches: (value) => Buffer.isBuffer(value) },
  { text: "an ArrayBuffer", matches: (value) => value instanceof ArrayBuffer },
  { text: "bytes", matches: (value) => ArrayBuffer.isView(value) },
  { text: "a Blob", matches: (value) => value instanceof Blob },
  { text: "a readable web stream", matches: has("getReader") },
  { text: "a writable web stream", matches: has("getWriter") },
  { text: "a readable stream", matches: has("pipe", "read") },
  { text: "a writable stream", matches: has("write", "on") },
  { text: "a store", matches: (value) => typeof value["open"] === "function" },
  {
    text: "an AbortController",
    hint: "give its signal",
    matches: has("abort", "signal"),
  },
  { text: "an AbortSignal", matches: has("aborted", "addEventListener") },
  { text: "a promise", hint: "await it first", matches: has("then") },
];

export function describeValue(value: unknown): DescribedValue {
  if (value === undefined || value === null) return { text: String(value) };
  if (typeof value === "string") return { text: describeString(value) };
  if (typeof value !== "object" && typeof value !== "function")
    return { text: TYPES[typeof value]! };
  const members = value as Members;
  const kind = KINDS.find(({ matches }) => matches(members));
  if (kind !== undefined) return kind;
  if (typeof value === "function") return { text: "a function" };
  if (Array.isArray(value)) return { text: "an array" };
  if (isPlain(value)) return { text: plainText(value) };
  const name: unknown = (members["constructor"] as { name?: unknown } | undefined)?.name;
  return {
    text:
      typeof name === "string" && /^\w{1,60}$/.test(name) ? `an object of ${name}` : "an object",
  };
}

function describeString(value: string): string {
  if (value.trim() === "") return "an empty text";
  return /^\s*postgres(?:ql)?:/i.test(value) ? "a connection string" : "a text";
}

const TYPES: Readonly<Record<string, string>> = {
  number: "a number",
  bigint: "a bigint",
  boolean: "a boolean",
  symbol: "a symbol",
};

/** Whether it was written as `{ … }`, in this realm or another one. */
export function isPlain(value: unknown): value is Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function plainText(value: object): string {
  const names = Object.keys(value).filter((name) => /^\w{1,40}$/.test(name));
  return names.length === 0 ? "an empty object" : `an object with ${names.slice(0, 5).join(", ")}`;
}
