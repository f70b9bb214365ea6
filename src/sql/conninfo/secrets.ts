/** Keeps the secrets of connection strings out of archives and messages. Pure; the only place that knows what is secret. */
import { joinUri } from "./format.ts";
import {
  isKeywords,
  isUri,
  parameterKeyword,
  parseConnectionString,
  splitKeywords,
  splitUri,
} from "./parse.ts";

/** libpq's parameters whose values are secret (PostgreSQL docs, 34.1.2). */
const SECRETS: ReadonlySet<string> = new Set([
  "password",
  "sslpassword",
  "scram_client_key",
  "scram_server_key",
  "oauth_client_secret",
]);

/** Parameters of other drivers are judged by their names; those of libpq that match hold names of files. */
function isSecret(keyword: string): boolean {
  const name = keyword.toLowerCase();
  return SECRETS.has(name) || (name !== "passfile" && /pass|pwd|secret|token/.test(name));
}

export interface StrippedConninfo {
  readonly text: string;
  /** Whether anything was removed. */
  readonly stripped: boolean;
}

/**
 * A connection string without passwords and keys; every other character stays. A text that cannot be read as a
 * connection string comes back empty, because any part of it may be secret.
 */
export function withoutSecrets(conninfo: string): StrippedConninfo {
  const text = strip(conninfo);
  return { text, stripped: text !== conninfo };
}

function strip(conninfo: string): string {
  try {
    parseConnectionString(conninfo);
    if (isUri(conninfo)) {
      const parts = splitUri(conninfo);
      const parameters = parts.parameters.filter((each) => !isSecret(parameterKeyword(each)));
      if (parts.password === undefined && parameters.length === parts.parameters.length)
        return conninfo;
      return joinUri({ ...parts, password: undefined, parameters });
    }
    if (!isKeywords(conninfo)) return conninfo;
    const pairs = splitKeywords(conninfo);
    const kept = pairs.filter(({ keyword }) => !isSecret(keyword));
    return kept.length === pairs.length ? conninfo : kept.map(({ raw }) => raw).join(" ");
  } catch {
    return "";
  }
}

/** Keywords that every connection string of the second form has one of. */
const TELLING = /^(?:dbname|host|hostaddr|password|port|service|user)$/;

/**
 * Whether a text given where no connection string belongs reads as one, and so must not be repeated in a message: a URI
 * of any scheme, or of none, with a user and a password, one of PostgreSQL's or JDBC's, `keyword=value` with a keyword of
 * libpq's, or any driver's with a secret.
 */
export function readsAsConnectionString(text: string): boolean {
  if (/^["'\s]*(?:jdbc:|postgres(?:ql)?:\/\/)/i.test(text)) return true;
  if (/^["'\s]*[a-z][a-z0-9+.-]*:\/\/[^/]*@/is.test(text)) return true;
  // A URI without its scheme.
  if (/^["'\s]*[^\s:/\\]+:[^\s/\\]+@/.test(text)) return true;
  const keywords = [...text.matchAll(/(^|["'\s;?&])([a-z_]+)\s*=/gi)];
  return keywords.some(
    ([, before = "", keyword = ""]) =>
      isSecret(keyword) || (/^\s?$/.test(before) && TELLING.test(keyword)),
  );
}
