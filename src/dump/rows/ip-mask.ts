/** The mask of network addresses. Pure. */
import { hex, left, type MaskContext } from "./mask-context.ts";

/** A name that no column has: the masked column is visible where the hash is. */
const HASH = '"nexushub hash"';

/**
 * Addresses of one network (/24, of IPv6 /48 and /64) stay in one network. Masked ones are in 240.0.0.0/4, which is
 * reserved, and in fc00::/8, which is not assigned. Different hosts of a network stay different.
 */
export function ipMask({ value, digest, kind }: MaskContext): string {
  const network = (bits: number): string =>
    `pg_catalog.host(pg_catalog.network(pg_catalog.set_masklen(${value}::pg_catalog.inet, ${bits})))`;
  const byte = (n: number): string => `pg_catalog.get_byte(${HASH}, ${n})`;
  const over = (expression: string, bytes: string): string =>
    `(SELECT ${expression} FROM (SELECT ${bytes} AS ${HASH}) AS "nexushub dump")`;
  const host = `pg_catalog.host(${value}::pg_catalog.inet)`;
  const v4 = over(
    `(240 | (${byte(0)} & 15)) || '.' || ${byte(1)} || '.' || ${byte(2)} || '.' || (pg_catalog.split_part(${host}, '.', 4)::pg_catalog.int4 # ${byte(3)})`,
    digest(network(24)),
  );
  const groups = (bytes: string, format: string): string =>
    `pg_catalog.regexp_replace(${left(hex(bytes), 16)}, '^(..)(....)(....)(....)(.*)$', '${format}')`;
  const v6 = [
    groups(digest(network(48)), "fc\\1:\\2:\\3:"),
    left(hex(digest(network(64))), 4),
    `pg_catalog.regexp_replace(${left(hex(digest(host)), 16)}, '(....)', ':\\1', 'g')`,
  ].join(" || ");
  const address = `CASE pg_catalog.family(${value}::pg_catalog.inet) WHEN 4 THEN ${v4} ELSE ${v6} END`;
  const masked = `pg_catalog.set_masklen((${address})::pg_catalog.inet, pg_catalog.masklen(${value}::pg_catalog.inet))`;
  return kind === "cidr" ? `pg_catalog.network(${masked})` : masked;
}
