/**
 * libpq's two forms of a connection string, as keywords and values (PostgreSQL docs, 34.1.1; `conninfo_parse` and
 * `conninfo_uri_parse` in src/interfaces/libpq/fe-connect.c). Pure: nothing is looked up here. The driver's own parser
 * knows neither service names, nor several hosts, nor libpq's meaning of `sslmode`. No message quotes the string, as it
 * can hold a password.
 */
import { UsageError } from "../../errors.ts";

/** libpq's keywords (`host`, `dbname`, `sslmode` …) and their values. */
export type ConnParams = Partial<Record<string, string>>;

const HINT = "write postgresql://user@host:5432/database or host=… port=… dbname=… user=…";
const ENCODE = "write reserved characters as %XX, for example @ as %40 and / as %2F";

/** Whether a connection string is a URI; any other is `keyword=value …` or the name of a database. */
export function isUri(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text);
}

/** Whether a connection string is `keyword=value …`. */
export function isKeywords(text: string): boolean {
  return !isUri(text) && text.includes("=");
}

/**
 * Reads `postgresql://…`, `keyword=value …`, or the name of a database, as libpq's programs do. Stricter than they are
 * where a part of a password would be read as the name of a host or a database and then shown: an @ or / that is not
 * percent-encoded, and a misspelt scheme.
 * @throws UsageError only when the text is not a connection string; the message never quotes its values.
 */
export function parseConnectionString(connectionString: string): ConnParams {
  // A file or a secret of an orchestrator ends with a line break.
  const text = connectionString.replace(/[\r\n]+$/, "");
  if (isUri(text)) return uriParams(splitUri(text));
  if (/^[^\s=']*\/\//.test(text) || (!isKeywords(text) && /:.*@/s.test(text))) {
    throw new UsageError(
      "the connection string is neither a postgresql:// URI nor the name of a database",
      {
        hint: `begin it with postgresql://, without the name of a driver, quotes or blanks before it; ${HINT}`,
      },
    );
  }
  if (!isKeywords(text)) return text === "" ? {} : { dbname: text };
  const pairs = splitKeywords(text);
  requireBlanks(pairs);
  return Object.fromEntries(pairs.map(({ keyword, value }) => [keyword, value]));
}

/** Parameters whose values are shown. */
const SHOWN: ReadonlySet<string> = new Set(["host", "hostaddr", "port", "dbname", "user"]);

/**
 * Other drivers separate parameters by semicolons: to libpq the rest is then a part of the first value, password included.
 * @throws UsageError only when a value that is shown holds another parameter.
 */
function requireBlanks(pairs: readonly KeywordPair[]): void {
  const holdsAnother = ({ keyword, raw }: KeywordPair): boolean =>
    SHOWN.has(keyword) && /^[^='"]*=[^'"]*[;,&][a-z]\w*=/i.test(raw);
  if (!pairs.some(holdsAnother)) return;
  throw new UsageError("a value of the connection string holds another parameter", {
    hint: "separate parameters by blanks: host=… port=… dbname=… user=…",
  });
}

/** One `keyword = value`. */
export interface KeywordPair {
  readonly keyword: string;
  readonly value: string;
  /** As it was written, without the blanks around it. */
  readonly raw: string;
}

/** A value in single quotes, or without them; a backslash takes the next character as it is, at the end it is dropped. */
const PAIR =
  /[ \t\n\v\f\r]*([^ \t\n\v\f\r=]+)[ \t\n\v\f\r]*=[ \t\n\v\f\r]*(?:'((?:[^'\\]|\\.)*)'|((?:[^ \t\n\v\f\r'\\]|\\(?:.|$))(?:[^ \t\n\v\f\r\\]|\\(?:.|$))*)?)/sy;

/** @throws UsageError only when the text is not `keyword=value …`. */
export function splitKeywords(text: string): KeywordPair[] {
  const pairs: KeywordPair[] = [];
  for (let at = 0; !/^[ \t\n\v\f\r]*$/.test(text.slice(at)); at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    if (match === null) {
      throw new UsageError("the connection string cannot be read", {
        hint: `${HINT}; quote values that hold blanks: application_name='two words'`,
      });
    }
    const [raw, keyword = "", quoted, plain = ""] = match;
    const value = (quoted ?? plain).replaceAll(/\\(.|$)/gs, "$1");
    pairs.push({ keyword, value, raw: raw.trim() });
  }
  return pairs;
}

/** The parts of a URI as they were written, percent-encoded. */
export interface UriParts {
  /** `postgresql://` */
  readonly scheme: string;
  /** Undefined without an @ before the host. */
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Hosts and ports: `a:1,[::1]:2`. */
  readonly authority: string;
  /** Without the slash; undefined when there is none. */
  readonly database: string | undefined;
  /** What the ? introduces: `keyword=value` each. */
  readonly parameters: readonly string[];
}

/** @throws UsageError only when the URI holds an @ that does not end the user or the password. */
export function splitUri(text: string): UriParts {
  const [, scheme = "", credentials, authority = "", path, query] =
    /^([a-z]+:\/\/)(?:([^/@]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text) ?? [];
  if (authority.includes("@") || path?.includes("@") === true) {
    throw new UsageError("the connection URI holds an @ other than the one before the host", {
      hint: ENCODE,
    });
  }
  const colon = credentials?.indexOf(":") ?? -1;
  return {
    scheme,
    user: colon < 0 ? credentials : credentials?.slice(0, colon),
    password: colon < 0 ? undefined : credentials?.slice(colon + 1),
    authority,
    database: path,
    parameters: query === undefined ? [] : query.split("&").filter((parameter) => parameter !== ""),
  };
}

/** The keyword of one of a URI's parameters, decoded; as it was written when it cannot be. */
export function parameterKeyword(parameter: string): string {
  const [key = ""] = parameter.split("=", 1);
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function uriParams({ user, password, authority, database, parameters }: UriParts): ConnParams {
  const hosts: string[] = [];
  const ports: string[] = [];
  for (const spec of authority.split(",")) {
    const match = /^(?:\[([^\]]+)\]|([^:[]*))(?::(\d*))?$/.exec(spec);
    if (match === null)
      throw new UsageError("the host of the connection URI cannot be read", { hint: HINT });
    hosts.push(decode(match[1] ?? match[2] ?? "", "host"));
    ports.push(match[3] ?? "");
  }
  const pairs: [keyword: string, value: string][] = [];
  if (user) pairs.push(["user", decode(user, "user")]);
  if (password !== undefined) pairs.push(["password", decode(password, "password")]);
  if (hosts.some((host) => host !== "")) pairs.push(["host", hosts.join(",")]);
  if (ports.some((port) => port !== "")) pairs.push(["port", ports.join(",")]);
  if (database) pairs.push(["dbname", decode(database, "database name")]);
  return Object.fromEntries([...pairs, ...parameters.map(parameterPair)]);
}

function parameterPair(parameter: string): [keyword: string, value: string] {
  const [, key = "", value = ""] = /^([^=]*)=(.*)$/s.exec(parameter) ?? [];
  const keyword = decode(key, "parameter name");
  // A password with a ? that is not encoded ends up here: what is no keyword must not be shown as one.
  if (!/^[\w.-]+$/.test(keyword)) {
    throw new UsageError("a parameter of the connection URI is not keyword=value", {
      hint: `${HINT}; ${ENCODE}`,
    });
  }
  const plain = decode(value, `parameter ${keyword}`);
  // JDBC's spelling, which libpq understands too.
  return keyword === "ssl" && plain === "true" ? ["sslmode", "require"] : [keyword, plain];
}

function decode(part: string, noun: string): string {
  try {
    const value = decodeURIComponent(part);
    if (!value.includes("\0")) return value;
  } catch {
    // Reported below: the error's own text would quote the part.
  }
  throw new UsageError(`the ${noun} in the connection URI is not correctly percent-encoded`, {
    hint: ENCODE,
  });
}
