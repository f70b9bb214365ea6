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

/** `SET list TO NULL` empties a list since then. Before, and where the server is not known, an empty string comes next to it. */
export const EMPTY_LISTS_SINCE = 19;

/** Whether the value is a list of names that has none. */
export function isEmptyList(config: string): boolean {
  const [name, value] = nameAndValue(config);
  return NAME_LISTS.has(name.toLowerCase()) && nameList(value).length === 0;
}

/**
 * The setting as in SET: `search_path TO 'a', 'b'` from `search_path=a, b`.
 * @param major of the server that runs the statement; undefined where it is not known.
 */
export function setting(config: string, major = 0): string {
  const [name, value] = nameAndValue(config);
  if (isEmptyList(config))
    return `${quoteIdent(name)} TO ${major >= EMPTY_LISTS_SINCE ? "NULL" : "''"}`;
  const values = NAME_LISTS.has(name.toLowerCase()) ? nameList(value) : [value];
  return `${quoteIdent(name)} TO ${values.map(quoteLiteral).join(", ")}`;
}

/**
 * What ALTER names to change settings of a database: for all roles, or for one.
 * @param database as in ALTER: `DATABASE shop`.
 * @param role its bare name; null for all roles.
 */
export function settingTarget(database: string, role: string | null): string {
  return role === null ? database : `ROLE ${quoteIdent(role)} IN ${database}`;
}

function nameAndValue(config: string): [name: string, value: string] {
  const at = config.indexOf("=");
  return [config.slice(0, at), config.slice(at + 1)];
}

/** The names of `"$user", public`, without their quotes. */
function nameList(text: string): string[] {
  return [...text.matchAll(/"((?:[^"]|"")*)"|[^\s,"]+/g)].map(
    ([plain, quoted]) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
