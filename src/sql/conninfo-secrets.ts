/** Takes the secrets out of a libpq connection string, and leaves every other character as it is. */

/** libpq's parameters whose values are secrets (PostgreSQL docs, 32.1.2). */
const SECRETS: ReadonlySet<string> = new Set([
  "password",
  "sslpassword",
  "scram_client_key",
  "scram_server_key",
  "oauth_client_secret",
]);

export interface StrippedConninfo {
  readonly text: string;
  /** Whether anything was taken out. */
  readonly stripped: boolean;
}

/**
 * `conninfo` without passwords and keys (PostgreSQL docs, 32.1.1 "Connection Strings"). A text that cannot be read as
 * a connection string comes back empty, because it cannot be told what in it is secret.
 */
export function withoutSecrets(conninfo: string): StrippedConninfo {
  const text = /^postgres(?:ql)?:\/\//.test(conninfo) ? ofUri(conninfo) : ofPairs(conninfo);
  return { text: text ?? "", stripped: text !== conninfo };
}

function ofUri(uri: string): string | null {
  // What stands before the first @ of the authority is the user and the password.
  const [, start = "", rest = ""] = /^([a-z]+:\/\/)(.*)$/s.exec(uri) ?? [];
  const plain = rest.replace(/^([^/@:]*):[^/@]*@/, "$1@");
  const at = plain.indexOf("?");
  if (at < 0) return start + plain;
  const kept = plain
    .slice(at + 1)
    .split("&")
    .filter((pair) => !SECRETS.has(decode(pair.split("=", 1)[0]!)));
  return start + plain.slice(0, at) + (kept.length === 0 ? "" : `?${kept.join("&")}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `name = value` pairs; values may be in single quotes, a backslash takes the next character as it is. */
const PAIR = /\s*([^\s=]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s\\]|\\.)*)\s*/gsy;

function ofPairs(text: string): string | null {
  const pairs = [...text.matchAll(PAIR)];
  const read = pairs.reduce((length, [whole]) => length + whole.length, 0);
  if (read !== text.length && text.trim() !== "") return null;
  if (!pairs.some(([, name]) => SECRETS.has(name!))) return text;
  return pairs
    .filter(([, name]) => !SECRETS.has(name!))
    .map(([whole]) => whole.trim())
    .join(" ");
}
