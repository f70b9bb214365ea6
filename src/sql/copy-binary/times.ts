/**
 * Dates and times in COPY's binary format: days and microseconds since the beginning of 2000 (POSTGRES_EPOCH_JDATE,
 * src/include/datatype/timestamp.h), from the text of DateStyle ISO.
 */
import { COLON, digit, DOT, isDigit, isEnd, MINUS, PLUS, SPACE } from "./bytes.ts";
import { type Field, put32, put64, take } from "./field.ts";

const DAY_SECONDS = 86_400;
const SECOND = 1_000_000;

/** The next two digits; undefined for anything else. */
function takeTwo(field: Field): number | undefined {
  const { input, at } = field;
  if (!isDigit(input[at]) || !isDigit(input[at + 1])) return undefined;
  field.at += 2;
  return digit(input[at]) * 10 + digit(input[at + 1]);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

function monthDays(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : MONTH_DAYS[month - 1]!;
}

/** Days from 2000-01-01 in the proleptic Gregorian calendar; years begin in March here, so that a leap day ends one. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + Math.floor((153 * months + 2) / 5) + day - 1 - EPOCH;
}
/** 2000-01-01 as a day of the count that begins on 1 March of year 0. */
const EPOCH = 730_425;

/** Years of four digits from 1 on; earlier and later ones are left to the server. */
function takeDays(field: Field): number | undefined {
  const century = takeTwo(field);
  const rest = takeTwo(field);
  if (century === undefined || rest === undefined || !take(field, MINUS)) return undefined;
  const month = takeTwo(field);
  if (month === undefined || month < 1 || month > 12 || !take(field, MINUS)) return undefined;
  const day = takeTwo(field);
  const year = century * 100 + rest;
  if (year === 0 || day === undefined || day < 1 || day > monthDays(year, month)) return undefined;
  return daysOf(year, month, day);
}

const HALF_WORD = 2 ** 16;

/**
 * `seconds` × 1 000 000 + `microseconds` in eight bytes. The product is no safe integer before 1715 and after 2284, so it is
 * put together of 16 bits of the seconds and of those above them.
 */
function putMicroseconds(field: Field, seconds: number, microseconds: number): void {
  const upper = Math.floor(seconds / HALF_WORD);
  const lower = (seconds - upper * HALF_WORD) * SECOND + microseconds;
  const overflow = Math.floor(lower / HALF_WORD);
  const sum = upper * SECOND + overflow;
  const high = Math.floor(sum / HALF_WORD);
  put32(field, high);
  put32(field, (sum - high * HALF_WORD) * HALF_WORD + (lower - overflow * HALF_WORD));
}

/** Microseconds since midnight, below a whole day. */
function takeTime(field: Field): number | undefined {
  const hours = takeTwo(field);
  if (hours === undefined || hours > 23 || !take(field, COLON)) return undefined;
  const minutes = takeTwo(field);
  if (minutes === undefined || minutes > 59 || !take(field, COLON)) return undefined;
  const seconds = takeTwo(field);
  if (seconds === undefined || seconds > 59) return undefined;
  const atSecond = ((hours * 60 + minutes) * 60 + seconds) * SECOND;
  if (!take(field, DOT)) return atSecond;
  let unit = SECOND;
  let fraction = 0;
  while (isDigit(field.input[field.at])) {
    if (unit === 1) return undefined;
    unit /= 10;
    fraction += digit(field.input[field.at++]) * unit;
  }
  return unit === SECOND ? undefined : atSecond + fraction;
}

/** Seconds east of Greenwich: hours, and minutes and seconds where they are not zero. */
function takeOffset(field: Field): number | undefined {
  const isEast = take(field, PLUS);
  if (!isEast && !take(field, MINUS)) return undefined;
  let offset = 0;
  for (const unit of [3600, 60, 1]) {
    if (unit < 3600 && !take(field, COLON)) break;
    const count = takeTwo(field);
    if (count === undefined || count > (unit === 3600 ? 15 : 59)) return undefined;
    offset += count * unit;
  }
  return isEast ? offset : -offset;
}

/** @returns the sign of `infinity` or `-infinity`; 0 for anything else. */
function takeInfinity(field: Field): -1 | 0 | 1 {
  const { input, at } = field;
  if (isDigit(input[at])) return 0;
  for (const [word, sign] of INFINITIES) {
    if (input[at] !== word[0] || !isEnd(input[at + word.length])) continue;
    if (input.compare(word, 0, word.length, at, at + word.length) !== 0) continue;
    field.at += word.length;
    return sign;
  }
  return 0;
}
const INFINITIES = [
  [Buffer.from("infinity"), 1],
  [Buffer.from("-infinity"), -1],
] as const;

/** The largest or smallest integer (DT_NOEND and DT_NOBEGIN, src/include/datatype/timestamp.h). */
function putInfinity(field: Field, sign: -1 | 1, bytes: 4 | 8): boolean {
  put32(field, sign === 1 ? 0x7fff_ffff : 0x8000_0000);
  if (bytes === 8) put32(field, sign === 1 ? 0xffff_ffff : 0);
  return true;
}

export function encodeDate(field: Field): boolean {
  const infinity = takeInfinity(field);
  if (infinity !== 0) return putInfinity(field, infinity, 4);
  const days = takeDays(field);
  if (days === undefined || !isEnd(field.input[field.at])) return false;
  put32(field, days);
  return true;
}

/**
 * Takes a date and a time.
 * @param takeZone takes what follows them; undefined when that is no offset.
 */
function encodeMoment(field: Field, takeZone: (field: Field) => number | undefined): boolean {
  const infinity = takeInfinity(field);
  if (infinity !== 0) return putInfinity(field, infinity, 8);
  const days = takeDays(field);
  if (days === undefined || !take(field, SPACE)) return false;
  const time = takeTime(field);
  if (time === undefined) return false;
  const offset = takeZone(field);
  if (offset === undefined || !isEnd(field.input[field.at])) return false;
  const seconds = Math.floor(time / SECOND);
  putMicroseconds(field, days * DAY_SECONDS + seconds - offset, time - seconds * SECOND);
  return true;
}

const noZone = (): number => 0;

export function encodeTimestamp(field: Field): boolean {
  return encodeMoment(field, noZone);
}

export function encodeTimestamptz(field: Field): boolean {
  return encodeMoment(field, takeOffset);
}

export function encodeTime(field: Field): boolean {
  const value = takeTime(field);
  if (value === undefined || !isEnd(field.input[field.at])) return false;
  put64(field, value);
  return true;
}
