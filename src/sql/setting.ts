/** Configuration settings of functions, roles and databases, which the catalogs store as `name=value`. */
import { quoteIdent } from "./ident.ts";
import { quoteLiteral } from "./literal.ts";

/**
 * Settings whose value is a list of names (GUC_LIST_QUOTE, src/backend/utils/misc/guc_tables.c; extensions cannot define
 * any). As one literal the list would become a single name that contains commas.
 */
const NAME_LISTS: ReadonlySet<string> = new Set([
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
]);

/** The setting as in SET: `search_path TO 'a', 'b'` from `search_path=a, b`. */
export function setting(config: string): string {
  const at = config.indexOf("=");
  const name = config.slice(0, at);
  const value = config.slice(at + 1);
  const values = NAME_LISTS.has(name.toLowerCase()) ? nameList(value) : [value];
  // An empty list is stored, and set, as an empty string.
  return `${quoteIdent(name)} TO ${(values.length === 0 ? [""] : values).map(quoteLiteral).join(", ")}`;
}

/**
 * What ALTER names to change settings of a database: for all roles, or for one.
 * @param database as in ALTER: `DATABASE shop`.
 * @param role its bare name; null for all roles.
 */
export function settingTarget(database: string, role: string | null): string {
  return role === null ? database : `ROLE ${quoteIdent(role)} IN ${database}`;
}

/** The names of `"$user", public`, without their quotes. */
function nameList(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(
    ([plain, quoted]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
