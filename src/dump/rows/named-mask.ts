/**
 * Masks by name: `@email`, `@constant(x)`. They become SQL expressions that the server evaluates in the COPY query, so
 * the original values never leave it. Equal values stay equal in every column, which keeps joins, and different values
 * stay different, which keeps unique constraints. Pure.
 */
import { UsageError } from "../../errors.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { MaskedColumn, MaskKind } from "./mask-context.ts";
import { MASKS } from "./masks.ts";

const NAMED = /^@([a-z][a-z-]*)(?:\((.*)\))?$/s;

/** Whether a mask is a name, not an SQL expression. */
export function isNamedMask(text: string): boolean {
  return NAMED.test(text.trim());
}

/**
 * The SQL expression of a named mask.
 * @throws UsageError only when no mask has that name, or it does not fit the column's type.
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

function kindOf(type: string): MaskKind {
  if (/^(text|character( varying)?(\(\d+\))?|name|([^.]+\.)?citext)$/.test(type)) return "text";
  if (type === "json" || type === "jsonb") return "json";
  return type === "uuid" || type === "bytea" || type === "inet" || type === "cidr" ? type : "other";
}
