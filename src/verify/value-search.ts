/**
 * Searches bytes for many values at once. A rolling hash finds candidates (Rabin and Karp), so the time does not depend
 * on the number of values. Pure.
 */
import { copyField } from "../sql/copy-text.ts";

/** A value that must not occur in any case of letters, nor as hexadecimal digits, base64, URL text or JSON string. */
export interface ForbiddenValue {
  /** `users.email`: for the report. */
  readonly what: string;
  /** Text, or the bytes of a `bytea`. */
  readonly value: string | Uint8Array;
}

/** Shorter values would occur everywhere by chance. */
const SHORTEST = 5;
/** Number of bytes at the beginning of a value that are hashed. */
const LONGEST_WINDOW = 16;
const FACTOR = 0x01000193;

interface SearchedForm {
  readonly what: string;
  readonly bytes: Buffer;
}

/** @returns a function that gives `what` of each value that occurs in the bytes, which it changes. */
export function createSearch(forbidden: readonly ForbiddenValue[]): (data: Buffer) => Set<string> {
  const forms = searchedForms(forbidden);
  const window = forms.reduce((least, { bytes }) => Math.min(least, bytes.length), LONGEST_WINDOW);
  /** Weight of the byte that leaves the window. */
  let drop = 1;
  for (let i = 1; i < window; i++) drop = Math.imul(drop, FACTOR);
  const byHash = new Map<number, SearchedForm[]>();
  const filter = new Uint8Array(1 << 16);
  for (const form of forms) {
    let hash = 0;
    for (let i = 0; i < window; i++) hash = (Math.imul(hash, FACTOR) + form.bytes[i]!) | 0;
    const sameHash = byHash.get(hash);
    if (sameHash === undefined) byHash.set(hash, [form]);
    else sameHash.push(form);
    filter[hash & 0xffff] = 1;
  }
  return (original) => {
    const occurring = new Set<string>();
    if (forms.length === 0) return occurring;
    const data = fold(original);
    let hash = 0;
    for (let at = 0; at < data.length; at++) {
      if (at >= window) hash = (hash - Math.imul(data[at - window]!, drop)) | 0;
      hash = (Math.imul(hash, FACTOR) + data[at]!) | 0;
      if (at < window - 1 || filter[hash & 0xffff] === 0) continue;
      const start = at - window + 1;
      for (const { what, bytes } of byHash.get(hash) ?? []) {
        if (data.compare(bytes, 0, bytes.length, start, start + bytes.length) === 0)
          occurring.add(what);
      }
    }
    return occurring;
  };
}

/** Each form once, although several values can have it. */
function searchedForms(forbidden: readonly ForbiddenValue[]): SearchedForm[] {
  const forms = new Map<string, SearchedForm>();
  for (const { what, value } of forbidden) {
    if (value.length < SHORTEST) continue;
    for (const form of formsOf(value)) {
      const bytes = fold(Buffer.from(form));
      forms.set(bytes.toString("latin1"), { what, bytes });
    }
  }
  return [...forms.values()];
}

/** Folds ASCII letters to lower case in place. */
function fold(data: Buffer): Buffer {
  for (let at = 0; at < data.length; at++) {
    const byte = data[at]!;
    if (byte >= 65 && byte <= 90) data[at] = byte + 32;
  }
  return data;
}

/** A shorter encoded form would occur by chance. */
const SHORTEST_ENCODED = 10;

/** The forms of a value in COPY text, SQL, JSON, URLs, hexadecimal digits and base64. */
function formsOf(value: string | Uint8Array): string[] {
  const bytes = Buffer.from(value);
  const encoded = [bytes.toString("hex"), ...base64Forms(bytes)];
  if (typeof value !== "string") return encoded;
  // The search ignores the case of ASCII letters only.
  const texts = [value, value.toLowerCase(), value.toUpperCase()].flatMap((text) => {
    const json = JSON.stringify(text).slice(1, -1);
    return [text, json, asciiJson(json), encodeURIComponent(text), text.replaceAll("'", "''")];
  });
  // In a JSON column the backslashes of JSON are escaped once more, for COPY.
  return [...texts, ...texts.map(copyField), ...encoded];
}

/** JSON in which characters beyond ASCII are escaped, as some programs write it. */
function asciiJson(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * Base64 at each of the three offsets that the bytes can have in a longer text, without the characters that also encode
 * neighboring bytes.
 */
function base64Forms(bytes: Buffer): string[] {
  return (["base64", "base64url"] as const).flatMap((encoding) =>
    [0, 1, 2].flatMap((before) => {
      const padded = Buffer.concat([Buffer.alloc(before), bytes]);
      const text = padded.toString(encoding).replace(/=+$/, "");
      const inner = text.slice(Math.ceil((before * 8) / 6), Math.floor((padded.length * 8) / 6));
      // The encoding of the value alone is searched for however short it is.
      return [
        ...(before === 0 ? [text] : []),
        ...(inner.length >= SHORTEST_ENCODED ? [inner] : []),
      ];
    }),
  );
}
