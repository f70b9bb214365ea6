/** Connection strings from their parts, and with another database. Pure. */
import {
  type ConnParams,
  isKeywords,
  isUri,
  parameterKeyword,
  splitKeywords,
  splitUri,
  type UriParts,
} from "./parse.ts";

/** `host='db' dbname='my shop'`, which `parseConnectionString` and libpq read back. */
export function formatKeywords(params: ConnParams): string {
  return Object.entries(params)
    .flatMap(([keyword, value]) => (value === undefined ? [] : [formatPair(keyword, value)]))
    .join(" ");
}

function formatPair(keyword: string, value: string): string {
  return `${keyword}='${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

/**
 * `postgresql://user:password@host:5432/database?sslmode=require`, which `parseConnectionString`, libpq and `pg` read.
 * The folder of a Unix socket stands percent-encoded in the host's place.
 */
export function formatUri(params: ConnParams): string {
  const { user = "", password, host, port, dbname = "", ...rest } = params;
  const authority = formatAuthority(host, port);
  const credentials =
    user === "" && password === undefined
      ? ""
      : `${encodeURIComponent(user)}${password === undefined ? "" : `:${encodeURIComponent(password)}`}@`;
  const parameters = Object.entries({
    ...(authority === undefined ? { host, port } : {}),
    ...rest,
  }).flatMap(([keyword, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(keyword)}=${encodeURIComponent(value)}`],
  );
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `postgresql://${credentials}${authority ?? ""}/${encodeURIComponent(dbname)}${query}`;
}

/** Undefined for what does not fit before the path: it then goes into the parameters. */
function formatAuthority(host = "", port = ""): string | undefined {
  const hosts = host.split(",");
  const ports = port.split(",");
  const fits = port === "" || (ports.length === hosts.length && /^[\d,]*\d[\d,]*$/.test(port));
  if (!fits || /[[\]]/.test(host)) return undefined;
  return hosts
    .map((each, i) => {
      const encoded = encodeURIComponent(each);
      // The colons of an IPv6 address would begin the port.
      const name = each.includes(":") ? `[${encoded.replaceAll("%3A", ":")}]` : encoded;
      return ports[i] ? `${name}:${ports[i]}` : name;
    })
    .join(",");
}

/** The same connection string with another database; all else stays as it was written. */
export function withDatabaseName(text: string, database: string): string {
  if (isUri(text)) {
    const parts = splitUri(text);
    return joinUri({
      ...parts,
      database: encodeURIComponent(database),
      parameters: parts.parameters.filter((each) => parameterKeyword(each) !== "dbname"),
    });
  }
  const kept = isKeywords(text)
    ? splitKeywords(text).filter(({ keyword }) => keyword !== "dbname")
    : [];
  return [...kept.map(({ raw }) => raw), formatPair("dbname", database)].join(" ");
}

/** Puts the parts of a URI together as they were written. */
export function joinUri(parts: UriParts): string {
  const { scheme, user, password, authority, database, parameters } = parts;
  const secret = password === undefined ? "" : `:${password}`;
  return [
    scheme,
    user === undefined ? "" : `${user}${secret}@`,
    authority,
    database === undefined ? "" : `/${database}`,
    parameters.length === 0 ? "" : `?${parameters.join("&")}`,
  ].join("");
}
