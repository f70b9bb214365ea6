/** The password file: which line gives the password of a connection (PostgreSQL docs, 34.16). Pure text. */

export interface PassfileKey {
  /** The host as given; `localhost` stands for a Unix socket in the default folder. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** The password of the first line whose four fields match, each exactly or by `*`; undefined when none does. */
export function findPassword(text: string, key: PassfileKey): string | undefined {
  const expected = [key.host, String(key.port), key.database, key.user];
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith("#")) continue;
    const fields = splitFields(line);
    if (fields.length < 5) continue;
    if (expected.every((value, i) => fields[i] === "*" || unescape(fields[i]!) === value)) {
      return unescape(fields.slice(4).join(":"));
    }
  }
  return undefined;
}

/** Cut at the colons that no backslash escapes; the escapes stay, so that an escaped `*` is no wildcard. */
function splitFields(line: string): string[] {
  return line.match(/(?<=^|:)(?:[^:\\]|\\.|\\$)*/g) ?? [];
}

function unescape(field: string): string {
  return field.replaceAll(/\\(.)/g, "$1");
}
