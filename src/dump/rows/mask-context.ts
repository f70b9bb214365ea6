/** What a named mask's expression is made from. Pure. */
import { UsageError } from "../../errors.ts";

export interface MaskedColumn {
  /** `public.users.email`, for messages. */
  readonly label: string;
  readonly name: string;
  /** As `format_type()` prints it with an empty search path. */
  readonly type: string;
}

export type MaskKind = "text" | "uuid" | "bytea" | "inet" | "cidr" | "json" | "other";

export interface MaskContext {
  readonly column: MaskedColumn;
  readonly kind: MaskKind;
  /** The most characters that the type holds. */
  readonly limit: number;
  /** The column, as SQL. */
  readonly value: string;
  readonly argument: string | undefined;
  /** SQL for the SHA-256 of the key and a text expression, as bytea. */
  readonly digest: (text: string) => string;
}

/** SQL for the value as text. Citext ignores case, and so must its pseudonym. */
export function textOf({ column, kind, value }: MaskContext): string {
  if (kind === "bytea") return `pg_catalog.encode(${value}, 'hex')`;
  const text = `${value}::pg_catalog.text`;
  return column.type.endsWith("citext") ? `pg_catalog.lower(${text} COLLATE "C")` : text;
}

/** SQL for bytes as hexadecimal digits. */
export const hex = (bytes: string): string => `pg_catalog.encode(${bytes}, 'hex')`;

/** SQL for the first characters of a text. */
export const left = (text: string, count: number): string => `pg_catalog.left(${text}, ${count})`;

/** @throws UsageError only when the column's type holds fewer characters than the mask needs. */
export function requireRoom(context: MaskContext, needed: number, mask: string): void {
  if (context.limit >= needed) return;
  const { type, label } = context.column;
  throw new UsageError(`${type} is too short for @${mask}, which needs ${needed} characters`, {
    object: label,
  });
}
