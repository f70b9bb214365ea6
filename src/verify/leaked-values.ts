/**
 * Looks through everything in an archive for values that must not be there: rows, schema and manifest. A rolling hash
 * finds candidates (Rabin and Karp), so the time does not depend on how many values there are. Names where a value was
 * found and what it was, never the value.
 */
import { openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { throwIfAborted } from "../errors.ts";
import { copyField } from "../sql/copy-text.ts";
import { qualify } from "../sql/ident.ts";

/** A value that must not occur, in whatever case, nor in hexadecimal digits, in base64, in a URL or as a JSON string. */
export interface ForbiddenValue {
  /** `users.email`: for the report. */
  readonly what: string;
  /** Text, or the bytes of a `bytea`. */
  readonly value: string | Uint8Array;
}

export interface Leak {
  readonly what: string;
  /** `table public.users`, or the entry's name. */
  readonly where: string;
}

/** Shorter values would be found everywhere by chance. */
const SHORTEST = 5;
/** Bytes at the beginning of a value that are hashed. */
const LONGEST_WINDOW = 16;
const FACTOR = 0x01000193;

const LARGE_OBJECTS = "large objects";
/** What stands between the digits of two pages: a row's end, and the next one's number, position and `\\x`. */
const PAGE_BREAK = /\n|^\d+\t\d+\t\\\\x/gm;
/** Characters of large objects that are looked at once more with what follows: more than a value has. */
const OVERLAP = 8192;

/** Values of which some occur, each with the place; at most one for each place and kind. */
export async function findLeaks(
  archive: ArchiveOrigin,
  forbidden: readonly ForbiddenValue[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Leak[]> {
  const search = createSearch(forbidden);
  const reader = await openArchive(archive, { signal });
  const leaks = new Map<string, Leak>();
  let pages = "";
  const look = (data: Buffer, where: string): void => {
    for (const what of search(data)) leaks.set(`${what} ${where}`, { what, where });
  };
  try {
    const { manifest } = reader;
    const places = new Map(
      manifest.relations.flatMap(({ kind, namespace, name, parts }) => {
        const where = kind === "table" ? `table ${qualify(namespace, name)}` : LARGE_OBJECTS;
        return parts.map(({ entry }) => [entry, where] as const);
      }),
    );
    look(Buffer.from(JSON.stringify(manifest)), "manifest.json");
    for (const [index, { name }] of manifest.entries.entries()) {
      throwIfAborted(signal, "while looking for leaks");
      const data = await reader.readEntry(index);
      const where = places.get(index) ?? name;
      // A value lies in one row, and a row in one entry; but large objects are cut into pages.
      if (where === LARGE_OBJECTS) {
        pages = pages.slice(-OVERLAP) + data.toString("latin1").replaceAll(PAGE_BREAK, "");
        look(Buffer.from(pages, "latin1"), where);
      } else look(data, where);
    }
  } finally {
    await reader.close();
  }
  return [...leaks.values()];
}

/** Characters of an encoded form below which it would be found by chance. */
const SHORTEST_ENCODED = 10;

/** The ways in which a value may stand in COPY text, SQL, JSON, an address of the web, or another encoding. */
function formsOf(value: string | Uint8Array): string[] {
  const bytes = Buffer.from(value);
  const encoded = [bytes.toString("hex"), ...base64Forms(bytes)];
  if (typeof value !== "string") return encoded;
  // Letters beyond ASCII have cases as well.
  const texts = [value, value.toLowerCase(), value.toUpperCase()].flatMap((text) => {
    const json = JSON.stringify(text).slice(1, -1);
    return [text, json, asciiJson(json), encodeURIComponent(text), text.replaceAll("'", "''")];
  });
  // In a JSON column the backslashes of JSON are escaped once more, for COPY.
  return [...texts, ...texts.map(copyField), ...encoded];
}

/** As programs write JSON that keep to ASCII. */
function asciiJson(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** At each of the three places that bytes can have in a longer text, without the characters that mix in others. */
function base64Forms(bytes: Buffer): string[] {
  return (["base64", "base64url"] as const).flatMap((encoding) =>
    [0, 1, 2].flatMap((before) => {
      const whole = Buffer.concat([Buffer.alloc(before), bytes]);
      const text = whole.toString(encoding).replace(/=+$/, "");
      const own = text.slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
      // The value alone is looked for however short it is.
      return [...(before === 0 ? [text] : []), ...(own.length >= SHORTEST_ENCODED ? [own] : [])];
    }),
  );
}

/** ASCII letters become small in place, so that a value is found in whatever case. */
function fold(data: Buffer): Buffer {
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte >= 65 && byte <= 90) data[at] = byte + 32;
  }
  return data;
}

/** A function that gives the kinds of values that occur in bytes, which it changes. */
function createSearch(forbidden: readonly ForbiddenValue[]): (data: Buffer) => Set<string> {
  const values = new Map<string, { readonly what: string; readonly bytes: Buffer }>();
  for (const { what, value } of forbidden) {
    if (value.length < SHORTEST) continue;
    for (const form of formsOf(value)) {
      const bytes = fold(Buffer.from(form));
      values.set(bytes.toString("latin1"), { what, bytes });
    }
  }
  const all = [...values.values()];
  const window = all.reduce((least, { bytes }) => Math.min(least, bytes.length), LONGEST_WINDOW);
  let drop = 1;
  for (let i = 1; i < window; i++) drop = Math.imul(drop, FACTOR);
  const byHash = new Map<number, { readonly what: string; readonly bytes: Buffer }[]>();
  const filter = new Uint8Array(1 << 16);
  for (const one of all) {
    let hash = 0;
    for (let i = 0; i < window; i++) hash = (Math.imul(hash, FACTOR) + one.bytes[i]!) | 0;
    const same = byHash.get(hash);
    if (same === undefined) byHash.set(hash, [one]);
    else same.push(one);
    filter[hash & 0xffff] = 1;
  }
  return (original) => {
    const found = new Set<string>();
    if (all.length === 0) return found;
    const data = fold(original);
    let hash = 0;
    for (let at = 0; at < data.length; at++) {
      if (at >= window) hash = (hash - Math.imul(data[at - window]!, drop)) | 0;
      hash = (Math.imul(hash, FACTOR) + data[at]!) | 0;
      if (at < window - 1 || filter[hash & 0xffff] === 0) continue;
      const start = at - window + 1;
      for (const { what, bytes } of byHash.get(hash) ?? []) {
        if (data.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0)
          found.add(what);
      }
    }
    return found;
  };
}
