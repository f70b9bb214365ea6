/**
 * Masks by name: `@email`, `@constant(x)`, … as SQL expressions over one column, run by the server in the COPY query, so
 * that originals never leave it. All but `null` and `constant` are a function of the value and a key: equal values stay
 * equal in every column, which keeps joins, and different ones different, which keeps unique constraints. Pure.
 */
import { UsageError } from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";

export interface MaskedColumn {
  /** `public.users.email`, for messages. */
  readonly label: string;
  readonly name: string;
  /** As `format_type()` writes it with an empty search path. */
  readonly type: string;
}

const NAMED = /^@([a-z][a-z-]*)(?:\((.*)\))?$/s;
/** Holds no name of a column: the masked one is looked up past it. */
const HASH = '"nexushub dump".hash';

interface Context {
  readonly column: MaskedColumn;
  readonly kind: Kind;
  /** The most characters that the type takes. */
  readonly limit: number;
  /** The column. */
  readonly value: string;
  readonly argument: string | undefined;
  /** SHA-256 of key and a text expression, as bytea. */
  readonly digest: (text: string) => string;
}

type Kind = "text" | "uuid" | "bytea" | "inet" | "cidr" | "json" | "other";
type Mask = { readonly for: readonly Kind[]; readonly sql: (context: Context) => string };

/** Whether a mask is meant as a name and not as SQL. */
export function isNamedMask(text: string): boolean {
  return NAMED.test(text.trim());
}

/**
 * The SQL expression of a named mask.
 * @throws UsageError only when there is no such mask, or it does not fit the column's type.
 */
export function namedMask(text: string, column: MaskedColumn, key: string): string {
  const [, name = "", argument] = NAMED.exec(text.trim()) ?? [];
  const mask = MASKS[name];
  if (mask === undefined) {
    throw new UsageError(`there is no mask @${name}`, {
      object: column.label,
      hint: `there are ${Object.keys(MASKS)
        .map((each) => `@${each}`)
        .join(", ")}; SQL that begins with the operator @ goes into parentheses`,
    });
  }
  const kind = kindOf(column.type);
  if (!mask.for.includes(kind)) {
    throw new UsageError(`the mask @${name} does not fit the type ${column.type}`, {
      object: column.label,
      hint: `it is for ${mask.for.join(", ")}; write an SQL expression instead`,
    });
  }
  if ((argument !== undefined) !== (name === "constant")) {
    throw new UsageError(
      name === "constant" ? "write the value: @constant(text)" : `@${name} takes no argument`,
      { object: column.label },
    );
  }
  const limit = Number(/^character(?: varying)?\((\d+)\)$/.exec(column.type)?.[1] ?? Infinity);
  return mask.sql({
    column,
    kind,
    limit,
    value: quoteIdent(column.name),
    argument,
    digest: (input) =>
      `pg_catalog.sha256(pg_catalog.convert_to(${quoteLiteral(`${key}\n`)} || ${input}, 'UTF8'))`,
  });
}

function kindOf(type: string): Kind {
  if (/^(text|character( varying)?(\(\d+\))?|name|([^.]+\.)?citext)$/.test(type)) return "text";
  if (type === "json" || type === "jsonb") return "json";
  return type === "uuid" || type === "bytea" || type === "inet" || type === "cidr" ? type : "other";
}

/** The value as text. Citext ignores case, so that its pseudonym does. */
function textOf({ column, kind, value }: Context): string {
  if (kind === "bytea") return `pg_catalog.encode(${value}, 'hex')`;
  const text = `${value}::pg_catalog.text`;
  return column.type.endsWith("citext") ? `pg_catalog.lower(${text} COLLATE "C")` : text;
}

const hex = (bytes: string): string => `pg_catalog.encode(${bytes}, 'hex')`;
const left = (text: string, count: number): string => `pg_catalog.left(${text}, ${count})`;

function requireRoom({ column, limit }: Context, needed: number, name: string): void {
  if (limit >= needed) return;
  throw new UsageError(
    `${column.type} is too short for @${name}, which needs ${needed} characters`,
    {
      object: column.label,
    },
  );
}

const FIRST_NAMES =
  "Alex Bela Chris Dana Eden Finn Gray Haru Indy Jules Kim Luca Mika Noa Robin Sam".split(" ");

const MASKS: Readonly<Record<string, Mask>> = {
  pseudonym: {
    for: ["text", "uuid", "bytea"],
    sql(context) {
      const digest = context.digest(textOf(context));
      if (context.kind === "bytea") return digest;
      if (context.kind === "uuid") return `${left(hex(digest), 32)}::pg_catalog.uuid`;
      requireRoom(context, 8, "pseudonym");
      return left(hex(digest), Math.min(16, context.limit));
    },
  },
  email: {
    for: ["text"],
    sql(context) {
      requireRoom(context, 34, "email");
      return `'user-' || ${left(hex(context.digest(textOf(context))), 16)} || '@example.test'`;
    },
  },
  name: {
    for: ["text"],
    sql(context) {
      requireRoom(context, 18, "name");
      const digest = context.digest(textOf(context));
      const names = FIRST_NAMES.map(quoteLiteral).join(", ");
      return `(ARRAY[${names}])[1 + pg_catalog.get_byte(${digest}, 31) % ${FIRST_NAMES.length}] || '-' || ${left(hex(digest), 12)}`;
    },
  },
  text: {
    for: ["text"],
    sql(context) {
      requireRoom(context, 19, "text");
      const { value } = context;
      return `CASE WHEN ${value}::pg_catalog.text = '' THEN '' ELSE 'masked ' || ${left(hex(context.digest(textOf(context))), 12)} END`;
    },
  },
  ip: { for: ["inet", "cidr"], sql: ipMask },
  "user-agent": {
    for: ["text"],
    sql(context) {
      requireRoom(context, 14, "user-agent");
      const digest = context.digest(textOf(context));
      return `'TestAgent/' || 1 + pg_catalog.get_byte(${digest}, 0) % 9 || '.' || pg_catalog.get_byte(${digest}, 1) % 10`;
    },
  },
  "token-hash": {
    for: ["bytea", "text"],
    sql(context) {
      const { value, kind } = context;
      const digits = hex(context.digest(textOf(context)));
      const repeated = (length: string): string =>
        `pg_catalog.left(pg_catalog.repeat(${digits}, 1 + ${length} / 64), ${length})`;
      return kind === "bytea"
        ? `pg_catalog.decode(${repeated(`(2 * pg_catalog.octet_length(${value}))`)}, 'hex')`
        : repeated(`pg_catalog.length(${value}::pg_catalog.text)`);
    },
  },
  json: {
    for: ["json"],
    sql(context) {
      const { value, column } = context;
      const text = `${value}::pg_catalog.text`;
      return `CASE WHEN ${value} IS NULL OR ${text} IN ('{}', '[]', 'null') THEN ${value} ELSE pg_catalog.jsonb_build_object('masked', ${left(hex(context.digest(textOf(context))), 16)})::pg_catalog.${column.type} END`;
    },
  },
  null: { for: ["text", "uuid", "bytea", "inet", "cidr", "json", "other"], sql: () => "NULL" },
  constant: {
    for: ["text", "uuid", "bytea", "inet", "cidr", "json", "other"],
    sql: ({ argument }) => quoteLiteral(argument!),
  },
};

/**
 * Addresses of one network (/24, of IPv6 /48 and /64) stay in one network, elsewhere: in 240.0.0.0/4, which is reserved,
 * and fc00::/8, which nobody may use. Hosts of one network stay different.
 */
function ipMask({ value, digest, kind }: Context): string {
  const network = (bits: number): string =>
    `pg_catalog.host(pg_catalog.network(pg_catalog.set_masklen(${value}::pg_catalog.inet, ${bits})))`;
  const byte = (n: number): string => `pg_catalog.get_byte(${HASH}, ${n})`;
  const over = (expression: string, bytes: string): string =>
    `(SELECT ${expression} FROM (SELECT ${bytes} AS hash) AS "nexushub dump")`;
  const host = `pg_catalog.host(${value}::pg_catalog.inet)`;
  const v4 = over(
    `(240 | (${byte(0)} & 15)) || '.' || ${byte(1)} || '.' || ${byte(2)} || '.' || (pg_catalog.split_part(${host}, '.', 4)::pg_catalog.int4 # ${byte(3)})`,
    digest(network(24)),
  );
  const groups = (bytes: string, format: string): string =>
    `pg_catalog.regexp_replace(${left(hex(bytes), 16)}, '^(..)(....)(....)(....)(.*)$', '${format}')`;
  const v6 = [
    groups(digest(network(48)), "fc\\1:\\2:\\3:"),
    left(hex(digest(network(64))), 4),
    `pg_catalog.regexp_replace(${left(hex(digest(host)), 16)}, '(....)', ':\\1', 'g')`,
  ].join(" || ");
  const address = `CASE pg_catalog.family(${value}::pg_catalog.inet) WHEN 4 THEN ${v4} ELSE ${v6} END`;
  const masked = `pg_catalog.set_masklen((${address})::pg_catalog.inet, pg_catalog.masklen(${value}::pg_catalog.inet))`;
  return kind === "cidr" ? `pg_catalog.network(${masked})` : masked;
}
