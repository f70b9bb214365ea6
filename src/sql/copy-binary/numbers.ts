/** Numbers in COPY's binary format, as int2recv, int4recv, int8recv, float8recv and numeric_recv read them. */
import { digit, DOT, isDigit, isEnd, MINUS } from "./bytes.ts";
import { endOf, type Field, put16, put32, put64, take } from "./field.ts";

/** So many digits always fit into a safe integer. */
const SAFE_DIGITS = 15;

/** Takes digits up to the field's end; undefined when there are none, something else, or too many. */
function takeInteger(field: Field): number | undefined {
  const { input } = field;
  const isNegative = take(field, MINUS);
  const start = field.at;
  let value = 0;
  while (isDigit(input[field.at])) value = value * 10 + digit(input[field.at++]);
  const digits = field.at - start;
  if (digits === 0 || digits > SAFE_DIGITS || !isEnd(input[field.at])) return undefined;
  return isNegative ? -value : value;
}

export function encodeInt2(field: Field): boolean {
  const value = takeInteger(field);
  if (value === undefined || value < -0x8000 || value > 0x7fff) return false;
  put16(field, value);
  return true;
}

export function encodeInt4(field: Field): boolean {
  const value = takeInteger(field);
  if (value === undefined || value < -0x8000_0000 || value > 0x7fff_ffff) return false;
  put32(field, value);
  return true;
}

const INT8_DIGITS = 19;

export function encodeInt8(field: Field): boolean {
  const start = field.at;
  const value = takeInteger(field);
  if (value !== undefined) {
    put64(field, value);
    return true;
  }
  field.at = start;
  const text = field.input.toString("latin1", start, endOf(field));
  if (!/^-?\d+$/.test(text) || text.length > INT8_DIGITS + 1) return false;
  const big = BigInt(text);
  if (BigInt.asIntN(64, big) !== big) return false;
  field.output.writeBigInt64BE(big, field.to);
  field.to += 8;
  field.at += text.length;
  return true;
}

const FLOAT = /^(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|NaN|-?Infinity)$/;
/** Smaller numbers have fewer digits, and C libraries differ in what they say about them. */
const MIN_NORMAL = 2.2250738585072014e-308;

/** Both C's strtod and JavaScript give the nearest double to a decimal number (ECMA-262, StringToNumber). */
export function encodeFloat8(field: Field): boolean {
  const text = field.input.toString("latin1", field.at, endOf(field));
  if (!FLOAT.test(text)) return false;
  const value = Number(text);
  const isWord = text.endsWith("y") || text === "NaN";
  if (!isWord && (!Number.isFinite(value) || (Math.abs(value) < MIN_NORMAL && !/^-?0$/.test(text))))
    return false;
  field.output.writeDoubleBE(value, field.to);
  field.to += 8;
  field.at += text.length;
  return true;
}

/** Decimal digits in one digit of a numeric (DEC_DIGITS, src/backend/utils/adt/numeric.c). */
const GROUP = 4;
const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;
/** Of longer ones, some are out of range. */
const MAX_NUMERIC_BYTES = 1000;

/** The count of base-10000 digits, the weight of the first, the sign, the display scale, and the digits. */
export function encodeNumeric(field: Field): boolean {
  const { input, output } = field;
  const end = endOf(field);
  if (end - field.at > MAX_NUMERIC_BYTES) return false;
  const isNegative = take(field, MINUS);
  const start = field.at;
  let at = start;
  while (isDigit(input[at])) at++;
  const point = at;
  if (point === start) return false;
  if (input[at] === DOT) at++;
  const fraction = at;
  while (isDigit(input[at])) at++;
  const scale = at - fraction;
  if (at !== end || (fraction > point && scale === 0)) return false;

  const header = field.to;
  field.to += 8;
  const wholeGroups = Math.ceil((point - start) / GROUP);
  let first = -1;
  let last = -1;
  for (let group = 0; group < wholeGroups + Math.ceil(scale / GROUP); group++) {
    const value =
      group < wholeGroups
        ? groupOf(input, point - (wholeGroups - group) * GROUP, start, point)
        : groupOf(input, fraction + (group - wholeGroups) * GROUP, fraction, end);
    if (first < 0 && value === 0) continue;
    if (first < 0) first = group;
    put16(field, value);
    if (value !== 0) last = group;
  }
  const count = first < 0 ? 0 : last - first + 1;
  output.writeInt16BE(count, header);
  output.writeInt16BE(count === 0 ? 0 : wholeGroups - 1 - first, header + 2);
  output.writeUInt16BE(isNegative && count > 0 ? NEGATIVE : POSITIVE, header + 4);
  output.writeUInt16BE(scale, header + 6);
  field.to = header + 8 + count * 2;
  field.at = end;
  return true;
}

/** Four decimal digits from a position on; those before `from` and behind `until` are zeros. */
function groupOf(input: Buffer, at: number, from: number, until: number): number {
  let value = 0;
  for (let i = at; i < at + GROUP; i++)
    value = value * 10 + (i >= from && i < until ? digit(input[i]) : 0);
  return value;
}
