/** inet and cidr in COPY's binary format, as network_recv reads it (src/backend/utils/adt/network.c). */
import { COLON, digit, DOT, HEX, isDigit, isEnd, NO_HEX, SLASH } from "./bytes.ts";
import { type Field, take } from "./field.ts";

/** PGSQL_AF_INET and PGSQL_AF_INET6 (src/include/utils/inet.h). */
const IPV4 = 2;
const IPV6 = 3;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

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
  const bits = take(field, SLASH) ? takeBits(field, bytes * 8) : bytes * 8;
  output[header] = bytes === IPV4_BYTES ? IPV4 : IPV6;
  output[header + 1] = bits;
  output[header + 2] = isCidr ? 1 : 0;
  output[header + 3] = bytes;
  return bits >= 0 && isEnd(field.input[field.at]);
}

/** @returns the bits behind a slash; -1 when there are none or too many. */
function takeBits(field: Field, most: number): number {
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
    if (byte > 0 && !take(field, DOT)) return false;
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
    if (!take(field, COLON)) break;
    if (take(field, COLON)) {
      if (gap >= 0) return false;
      gap = field.to;
    } else if (isAddressEnd(input[field.at])) return false;
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
    const hex = HEX[input[field.at]!]!;
    if (hex === NO_HEX) break;
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
