/** inet and cidr in COPY's binary format, as network_recv reads it (src/backend/utils/adt/network.c). */
import { digit, type Field, isDigit, isEnd } from "./field.ts";

/** PGSQL_AF_INET and PGSQL_AF_INET6 (src/include/utils/inet.h). */
const IPV4 = 2;
const IPV6 = 3;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
const DOT = 46;
const SLASH = 47;
const COLON = 58;

export function encodeInet(field: Field): boolean {
  return encodeAddress(field, false);
}

export function encodeCidr(field: Field): boolean {
  return encodeAddress(field, true);
}

/** The family, the bits of the netmask, whether it is a cidr, the number of bytes, and the bytes. */
function encodeAddress(field: Field, isCidr: boolean): boolean {
  const { output, at, to: header } = field;
  field.to = header + 4;
  if (!putIpv4(field)) {
    field.at = at;
    field.to = header + 4;
    if (!putIpv6(field)) return false;
  }
  const bytes = field.to - header - 4;
  const bits = field.input[field.at] === SLASH ? takeBits(field, bytes * 8) : bytes * 8;
  output[header] = bytes === IPV4_BYTES ? IPV4 : IPV6;
  output[header + 1] = bits;
  output[header + 2] = isCidr ? 1 : 0;
  output[header + 3] = bytes;
  return bits >= 0 && isEnd(field.input[field.at]);
}

/** @returns the bits behind a slash; -1 when there are none or too many. */
function takeBits(field: Field, most: number): number {
  field.at++;
  const bits = takeDecimal(field);
  return bits <= most ? bits : -1;
}

/** One to three digits without a leading zero; -1 for anything else. */
function takeDecimal(field: Field): number {
  const { input, at } = field;
  let value = 0;
  while (isDigit(input[field.at])) value = value * 10 + digit(input[field.at++]);
  const digits = field.at - at;
  const hasLeadingZero = digits > 1 && digit(input[at]) === 0;
  return digits === 0 || digits > 3 || hasLeadingZero ? -1 : value;
}

function putIpv4(field: Field): boolean {
  for (let byte = 0; byte < IPV4_BYTES; byte++) {
    if (byte > 0 && field.input[field.at++] !== DOT) return false;
    const value = takeDecimal(field);
    if (value < 0 || value > 255) return false;
    field.output[field.to++] = value;
  }
  return true;
}

/** Groups of four hexadecimal digits; `::` stands once for groups of zeros, and an IPv4 address can end it. */
function putIpv6(field: Field): boolean {
  const { input, output, to: start } = field;
  const end = start + IPV6_BYTES;
  let gap = -1;
  if (input[field.at] === COLON && input[field.at + 1] === COLON) {
    gap = start;
    field.at += 2;
  }
  while (field.to < end && !isAddressEnd(input[field.at])) {
    if (!putGroup(field, end)) return false;
    if (input[field.at] !== COLON) break;
    field.at++;
    if (input[field.at] !== COLON) {
      if (isAddressEnd(input[field.at])) return false;
      continue;
    }
    if (gap >= 0) return false;
    gap = field.to;
    field.at++;
  }
  if (gap < 0) return field.to === end;
  const missing = end - field.to;
  if (missing === 0) return false;
  output.copyWithin(gap + missing, gap, field.to);
  output.fill(0, gap, gap + missing);
  field.to = end;
  return true;
}

function isAddressEnd(byte: number | undefined): boolean {
  return byte === SLASH || isEnd(byte);
}

/** Two bytes, or four of an IPv4 address. */
function putGroup(field: Field, end: number): boolean {
  const { input, output, at } = field;
  let value = 0;
  let digits = 0;
  for (; digits < 5; digits++) {
    const hex = hexDigit(input[field.at]);
    if (hex < 0) break;
    value = value * 16 + hex;
    field.at++;
  }
  if (input[field.at] === DOT) {
    field.at = at;
    return end - field.to >= IPV4_BYTES && putIpv4(field) && isAddressEnd(input[field.at]);
  }
  if (digits === 0 || digits > 4) return false;
  output[field.to++] = value >> 8;
  output[field.to++] = value;
  return true;
}

const LETTER_A = 97;
const LETTER_F = 102;

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (isDigit(byte)) return digit(byte);
  return byte >= LETTER_A && byte <= LETTER_F ? byte - LETTER_A + 10 : -1;
}
