/** User-defined collations. Their versions are not read: the target has its own library. */
import { IN_USER_SCHEMA } from "./user-schema.ts";
import type { CatalogQuery } from "./query.ts";

export interface CollationRow {
  readonly oid: number;
  readonly name: string;
  readonly namespace: number;
  readonly owner: number;
  /** `collprovider`: c libc, i ICU, b builtin (since 17). */
  readonly provider: "c" | "i" | "b";
  readonly isDeterministic: boolean;
  /** Of libc; of ICU before 15. */
  readonly collate: string | null;
  readonly ctype: string | null;
  /** Of ICU since 15; of builtin. */
  readonly locale: string | null;
  /** ICU rules in addition to those of the locale, since 16. */
  readonly rules: string | null;
}

/** In 15 and 16 the column was for ICU alone; since 17 all providers share one. */
function localeColumn(major: number): string {
  if (major >= 17) return "c.colllocale";
  return major >= 15 ? "c.colliculocale" : "NULL";
}

export const collations: CatalogQuery<CollationRow> = {
  sql: ({ major }) => `
    SELECT c.oid, c.collname AS name, c.collnamespace AS namespace, c.collowner AS owner, c.collprovider AS provider,
           c.collisdeterministic AS "isDeterministic", c.collcollate::text AS collate, c.collctype::text AS ctype,
           ${localeColumn(major)} AS locale, ${major >= 16 ? "c.collicurules" : "NULL"} AS rules
    FROM pg_catalog.pg_collation c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
    WHERE ${IN_USER_SCHEMA}`,
};
