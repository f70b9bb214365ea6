/** User-defined procedural languages. */
import { FIRST_NORMAL_OID } from "./address.ts";
import { functionOrNull } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";

export interface LanguageRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  readonly acl: readonly string[] | null;
  readonly aclDefault: readonly string[];
  readonly isTrusted: boolean;
  /** Functions as `regproc` prints them; null for none. */
  readonly handler: string;
  readonly inline: string | null;
  readonly validator: string | null;
}

export const languages: CatalogQuery<LanguageRow> = {
  sql: () => `
    SELECT l.oid, l.lanname AS name, l.lanowner AS owner, l.lanacl::text[] AS acl,
           pg_catalog.acldefault('l', l.lanowner)::text[] AS "aclDefault", l.lanpltrusted AS "isTrusted",
           l.lanplcallfoid::pg_catalog.regproc::text AS handler,
           ${functionOrNull("l.laninline::pg_catalog.regproc")} AS inline,
           ${functionOrNull("l.lanvalidator::pg_catalog.regproc")} AS validator
    FROM pg_catalog.pg_language l WHERE l.lanispl AND l.oid >= ${FIRST_NORMAL_OID}`,
};
