/** The named masks, each as an SQL expression over its column. Pure. */
import { quoteLiteral } from "../../sql/literal.ts";
import { ipMask } from "./ip-mask.ts";
import { hex, left, type MaskContext, type MaskKind, requireRoom, textOf } from "./mask-context.ts";

interface Mask {
  /** Kinds of types that it fits. */
  readonly for: readonly MaskKind[];
  readonly sql: (context: MaskContext) => string;
}

const FIRST_NAMES =
  "Alex Bela Chris Dana Eden Finn Gray Haru Indy Jules Kim Luca Mika Noa Robin Sam".split(" ");

/** By name. Except `null` and `constant`, all are functions of the value and the key. */
export const MASKS: Readonly<Record<string, Mask>> = {
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
