/**
 * libpq's two forms of a connection string, to keyword and value (PostgreSQL docs, 34.1.1). Pure text: nothing is
 * looked up here. Written apart from the driver's own parser, which knows neither service names, nor several hosts,
 * nor libpq's meaning of `sslmode`. No message quotes the string, because it can hold a password.
 */
import { UsageError } from "../errors.ts";

/** libpq's keywords (`host`, `dbname`, `sslmode` …) and their values. */
export type ConnParams = Partial<Record<string, string>>;

const HINT = "write postgresql://user@host:5432/database or host=… port=… dbname=… user=…";
const ENCODE = "write reserved characters as %XX, for example @ as %40 and / as %2F";

/**
 * Reads `postgresql://…`, `key=value …`, or a plain database name, as libpq tools do. Stricter than they are where part
 * of a password would be taken for a host's or a database's name, and shown: an unencoded @ or a misspelled scheme.
 * @throws UsageError only when the text is not a connection string; the message never quotes its values.
 */
export function parseConnectionString(text: string): ConnParams {
  if (/^postgres(ql)?:\/\//.test(text)) return parseUri(text);
  const isKeywords = text.includes("=");
  if (/^[^\s=']*\/\//.test(text) || (!isKeywords && /:.*@/s.test(text)))
    throw new UsageError(
      "the connection string is neither a postgresql:// URL nor a database's name",
      {
        hint: HINT,
      },
    );
  return isKeywords ? parseKeywords(text) : { dbname: text };
}

function decode(part: string, what: string): string {
  try {
    const value = decodeURIComponent(part);
    if (!value.includes("\0")) return value;
  } catch {
    // Reported below: the error's own text would quote the part.
  }
  throw new UsageError(`the ${what} in the connection URL is not correctly percent-encoded`, {
    hint: ENCODE,
  });
}

function parseUri(text: string): ConnParams {
  const params: ConnParams = {};
  let rest = text.slice(text.indexOf("://") + 3);
  const credentials = /^[^/@]*@/.exec(rest)?.[0];
  if (credentials !== undefined) {
    rest = rest.slice(credentials.length);
    const colon = credentials.indexOf(":");
    const user = credentials.slice(0, colon < 0 ? -1 : colon);
    if (user !== "") params.user = decode(user, "user");
    if (colon >= 0) params.password = decode(credentials.slice(colon + 1, -1), "password");
  }
  const [, authority = "", path = "", query = ""] = /^([^/?]*)(\/[^?]*)?(\?.*)?$/s.exec(rest) ?? [];
  if (authority.includes("@") || path.includes("@"))
    throw new UsageError("the connection URL holds an @ that is not the one before the host", {
      hint: ENCODE,
    });
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const spec of authority.split(",")) {
    const match = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(spec);
    if (match === null)
      throw new UsageError("the connection URL's host cannot be read", { hint: HINT });
    hosts.push(decode(match[1] ?? match[2] ?? "", "host"));
    ports.push(match[3] ?? "");
  }
  if (hosts.some((host) => host !== "")) params.host = hosts.join(",");
  if (ports.some((port) => port !== "")) params.port = ports.join(",");
  if (path.length > 1) params.dbname = decode(path.slice(1), "database name");
  for (const pair of query.slice(1).split("&")) {
    if (pair === "") continue;
    const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (key === "")
      throw new UsageError("a parameter of the connection URL has no value", { hint: HINT });
    const keyword = decode(key, "parameter name");
    const plain = decode(value, `parameter ${keyword}`);
    // JDBC's spelling, which libpq understands too.
    if (keyword === "ssl" && plain === "true") params.sslmode = "require";
    else params[keyword] = plain;
  }
  return params;
}

function parseKeywords(text: string): ConnParams {
  const params: ConnParams = {};
  const item =
    /\s*([^\s=]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'(?=\s|$)|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?(?=\s|$))/sy;
  while (!/^\s*$/.test(text.slice(item.lastIndex))) {
    const match = item.exec(text);
    if (match === null) {
      throw new UsageError("the connection string cannot be read", {
        hint: `${HINT}; quote values that hold blanks: password='two words'`,
      });
    }
    params[match[1]!] = (match[2] ?? match[3] ?? "").replaceAll(/\\(.)/gs, "$1");
  }
  return params;
}
