/**
 * Privileges in the text form of `aclitem`, `grantee=letters/grantor`, and the keywords of GRANT for the letters
 * (PostgreSQL docs, 5.8 "Privileges", tables 5.1 and 5.2).
 */
import { NexushubDumpError } from "../errors.ts";

export interface AclItem {
  /** Name of the role, empty for PUBLIC. A role that was dropped is its oid in digits. */
  readonly grantee: string;
  readonly grantor: string;
  /** One letter per privilege, in the server's order. */
  readonly letters: readonly string[];
  /** Those of `letters` with grant option. */
  readonly grantable: ReadonlySet<string>;
}

/** The unquoted name of the role at `from`, and the index after it (compare `putid()`, src/backend/utils/adt/acl.c). */
function roleAt(text: string, from: number): [name: string, end: number] {
  let name = "";
  let quoted = false;
  let at = from;
  for (; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"' && quoted && text[at + 1] === '"') name += text[at++];
    else if (char === '"') quoted = !quoted;
    else if (!quoted && char === "=") break;
    else name += char;
  }
  return [name, at];
}

/** @throws NexushubDumpError (INTERNAL) only when the text is not an aclitem. */
export function parseAclItem(text: string): AclItem {
  const [grantee, equals] = roleAt(text, 0);
  const match = /^=((?:[a-zA-Z]\*?)*)\//.exec(text.slice(equals));
  if (match === null) {
    throw new NexushubDumpError("INTERNAL", "the server gave privileges that cannot be read", {
      object: text,
    });
  }
  const codes = match[1]!.match(/[a-zA-Z]\*?/g) ?? [];
  const [grantor] = roleAt(text, equals + match[0].length);
  return {
    grantee,
    grantor,
    letters: codes.map((code) => code[0]!),
    grantable: new Set(codes.filter((code) => code.length > 1).map((code) => code[0]!)),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  r: "SELECT",
  a: "INSERT",
  w: "UPDATE",
  d: "DELETE",
  D: "TRUNCATE",
  x: "REFERENCES",
  t: "TRIGGER",
  m: "MAINTAIN",
  X: "EXECUTE",
  U: "USAGE",
  C: "CREATE",
  c: "CONNECT",
  T: "TEMPORARY",
};

/** The privileges that exist for each kind of object, in the order in which they are written; `m` since PostgreSQL 17. */
const LETTERS = {
  TABLE: "radDxtmw",
  SEQUENCE: "rUw",
  FUNCTION: "X",
  PROCEDURE: "X",
  LANGUAGE: "U",
  SCHEMA: "CU",
  DATABASE: "CcT",
  TYPE: "U",
  "FOREIGN DATA WRAPPER": "U",
  "FOREIGN SERVER": "U",
  "LARGE OBJECT": "rw",
} as const;

/** A kind of object as GRANT names it. */
export type GrantKind = keyof typeof LETTERS;

/**
 * The letters of all privileges that exist for an object on a server of this major.
 * @param column whether they are for columns of the table.
 */
export function possibleLetters(kind: GrantKind, major: number, column: boolean): string {
  if (column) return "raxw";
  return major >= 17 ? LETTERS[kind] : LETTERS[kind].replace("m", "");
}

/** Whether ALL means more on a newer server than on one of this major: since 17 it includes MAINTAIN of a table. */
export function hasNewerLetters(kind: GrantKind, major: number, column: boolean): boolean {
  return !column && major < 17 && kind === "TABLE";
}

/**
 * The privileges as GRANT names them: `SELECT`, `UPDATE`; only ALL when they are all that exist.
 * @param hasNewer whether newer servers have others, which ALL would include.
 */
export function privilegeWords(
  letters: ReadonlySet<string>,
  possible: string,
  hasNewer = false,
): string[] {
  const held = [...possible].filter((letter) => letters.has(letter));
  if (!hasNewer && held.length > 0 && held.length === possible.length) return ["ALL"];
  return held.map((letter) => WORDS[letter]!);
}
