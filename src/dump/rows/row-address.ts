/** Addresses of rows (`ctid`) as numbers, of which a set takes some 40 bytes a row. Pure. */
import { quoteLiteral } from "../../sql/literal.ts";

/** More line pointers than a page can have. */
const OFFSETS = 65_536;

/** @param ctid as PostgreSQL prints it: `(0,1)`. */
export function rowAddress(ctid: string): number {
  const [, block, offset] = /^\((\d+),(\d+)\)$/.exec(ctid)!;
  return Number(block) * OFFSETS + Number(offset);
}

/** A condition that holds for the rows at these addresses only. @param prefix of the column, such as `child.`. */
export function isAtAddress(addresses: Iterable<number>, prefix = ""): string {
  const sorted = [...addresses].sort((a, b) => a - b);
  if (sorted.length === 0) return "false";
  const list = sorted.map((address) => `"(${Math.floor(address / OFFSETS)},${address % OFFSETS})"`);
  return `${prefix}ctid = ANY (${quoteLiteral(`{${list.join(",")}}`)}::pg_catalog.tid[])`;
}
