/** Conversions between encodings. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface ConversionRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  readonly from: string;
  readonly to: string;
  /** As `regproc` prints it. */
  readonly function: string;
  readonly isDefault: boolean;
}

export const conversions: CatalogQuery<ConversionRow> = {
  sql: () => `
    SELECT c.oid, c.conname AS name, c.connamespace AS namespace, c.conowner AS owner,
           pg_catalog.pg_encoding_to_char(c.conforencoding) AS from,
           pg_catalog.pg_encoding_to_char(c.contoencoding) AS to,
           c.conproc::text AS function, c.condefault AS "isDefault"
    FROM pg_catalog.pg_conversion c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
    WHERE ${IN_USER_SCHEMA}`,
};
