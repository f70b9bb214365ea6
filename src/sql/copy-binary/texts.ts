/** Types whose binary value is bytes: text, json, the labels of enumerations, bytea, uuid, bool. */
import { BACKSLASH, HEX, isEnd, MINUS, NEWLINE, TAB } from "./bytes.ts";
import { endOf, type Field, take } from "./field.ts";

/** What follows a backslash in what COPY writes, and the byte that both stand for (CopyAttributeOutText, copyto.c). */
const ESCAPED = new Uint8Array(256);
for (const [letter, byte] of ["b\b", "f\f", "n\n", "r\r", "t\t", "v\v", "\\\\"])
  ESCAPED[letter!.charCodeAt(0)] = byte!.charCodeAt(0);

export function encodeText(field: Field): boolean {
  const { input, inputView, output, outputView } = field;
  let { at, to } = field;
  for (;;) {
    while (at + WORD_BYTES <= input.length) {
      const word = inputView.getInt32(at, true);
      outputView.setInt32(to, word, true);
      const ordinary = ordinaryBytes(word);
      at += ordinary;
      to += ordinary;
      if (ordinary < WORD_BYTES) break;
    }
    let byte = input[at++]!;
    if (byte === TAB || byte === NEWLINE) break;
    if (byte === BACKSLASH) {
      byte = ESCAPED[input[at++]!]!;
      if (byte === 0) return false;
    }
    output[to++] = byte;
  }
  field.at = at - 1;
  field.to = to;
  return true;
}

/** Bytes are looked at four at a time: one by one takes three times as long. */
const WORD_BYTES = 4;
const LOWEST_BITS = 0x01010101;
const HIGHEST_BITS = 0x80808080;
const BACKSLASHES = BACKSLASH * LOWEST_BITS;
/** What COPY escapes, and what ends a field, is a backslash or below this. */
const END_OF_CONTROLS = 14;
const CONTROLS_END = END_OF_CONTROLS * LOWEST_BITS;

/**
 * How many of the word's first bytes stand for themselves whatever follows. A byte's highest bit is set where a subtraction
 * needs to borrow (Bit Twiddling Hacks, "Determine if a word has a byte less than n"); above the first such byte it can be set
 * for others, too.
 */
function ordinaryBytes(word: number): number {
  const difference = word ^ BACKSLASHES;
  const marks =
    (((word - CONTROLS_END) & ~word) | ((difference - LOWEST_BITS) & ~difference)) & HIGHEST_BITS;
  return marks === 0 ? WORD_BYTES : (31 - Math.clz32(marks & -marks)) >> 3;
}

/** The version of jsonb's binary format (jsonb_recv, src/backend/utils/adt/jsonb.c). */
const JSONB_VERSION = 1;

export function encodeJsonb(field: Field): boolean {
  field.output[field.to++] = JSONB_VERSION;
  return encodeText(field);
}

/** Bytes of two hexadecimal digits each. */
function putHex(field: Field, bytes: number): boolean {
  const { input, output } = field;
  let { at, to } = field;
  let seen = 0;
  for (const end = to + bytes; to < end; at += 2) {
    const high = HEX[input[at]!]!;
    const low = HEX[input[at + 1]!]!;
    seen |= high | low;
    output[to++] = (high << 4) | low;
  }
  field.at = at;
  field.to = to;
  return seen <= 0xf;
}

const X = 120;

/** bytea_output hex: `\\x` in the text, because COPY doubles the backslash. */
export function encodeBytea(field: Field): boolean {
  const { input, at } = field;
  if (input[at] !== BACKSLASH || input[at + 1] !== BACKSLASH || input[at + 2] !== X) return false;
  const digits = endOf(field) - at - 3;
  field.at += 3;
  return digits % 2 === 0 && putHex(field, digits / 2);
}

/** Bytes of a uuid between its dashes. */
const UUID_GROUPS = [4, 2, 2, 2, 6] as const;

export function encodeUuid(field: Field): boolean {
  for (let group = 0; group < UUID_GROUPS.length; group++) {
    if (group > 0 && !take(field, MINUS)) return false;
    if (!putHex(field, UUID_GROUPS[group]!)) return false;
  }
  return isEnd(field.input[field.at]);
}

const TRUE = 116;
const FALSE = 102;

export function encodeBool(field: Field): boolean {
  const letter = field.input[field.at++];
  if (letter !== TRUE && letter !== FALSE) return false;
  field.output[field.to++] = letter === TRUE ? 1 : 0;
  return isEnd(field.input[field.at]);
}
