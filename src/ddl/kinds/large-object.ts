/**
 * Large objects: `lo_create` for each, and the statements with which the data phase carries what they hold. The data
 * are rows (object, position, bytes) in that order, a row never longer than a page of `pg_largeobject`.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";

export function largeObjects({ catalog }: DdlContext): DumpableObject[] {
  return catalog.largeObjects.map((row): DumpableObject => {
    const id = address(CATALOG.largeObject, row.oid);
    const target = `LARGE OBJECT ${row.oid}`;
    return {
      id,
      kind: "large-object",
      namespace: null,
      name: String(row.oid),
      section: "pre-data",
      addresses: [id],
      sql: () => [`SELECT pg_catalog.lo_create(${row.oid})`],
      target,
      owner: row.owner,
      privileges: { on: target, acl: row.acl, aclDefault: row.aclDefault },
    };
  });
}

/** Columns of the rows in COPY order, for the manifest. */
export const LARGE_OBJECT_COLUMNS: readonly string[] = ["loid", "position", "bytes"];

/** LOBLKSIZE: what one page holds (src/include/storage/large_object.h). */
const PAGE = "(pg_catalog.current_setting('block_size')::pg_catalog.int8 / 4)";

/**
 * `COPY … TO STDOUT` of all that the large objects hold. Superusers read the pages themselves, so holes stay holes;
 * others may not, and read what they have SELECT on through the functions (holes as zeros). Fails with SQLSTATE 42501
 * and the object's oid where they have not.
 */
export function largeObjectCopySql(isSuperuser: boolean): string {
  const rows = isSuperuser
    ? `SELECT loid, pageno * ${PAGE}, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno`
    : // OFFSET 0 keeps each subquery one: the descriptor is opened once, asked for the size, and closed.
      `SELECT loid, position, pg_catalog.lo_get(loid, position, ${PAGE}::pg_catalog.int4)
  FROM (
    SELECT opened.loid, page.position
    FROM (SELECT oid AS loid, pg_catalog.lo_open(oid, 262144) AS fd
          FROM pg_catalog.pg_largeobject_metadata ORDER BY oid OFFSET 0) opened,
      LATERAL (SELECT pg_catalog.lo_lseek64(opened.fd, 0, 2) AS size OFFSET 0) measured,
      LATERAL (SELECT measured.size + pg_catalog.lo_close(opened.fd) AS size OFFSET 0) closed,
      LATERAL pg_catalog.generate_series(0, closed.size - 1, ${PAGE}) AS page(position)
    ORDER BY opened.loid, page.position) pages`;
  return `COPY (${rows}) TO STDOUT`;
}

/** The temporary table through which rows go back. */
export const LARGE_OBJECT_STAGE = "pg_temp.nexushub_dump_large_object";

/** How rows made by `largeObjectCopySql` get back into large objects that exist and are empty. */
export interface LargeObjectLoad {
  /** Before the first rows; the table goes with the transaction. */
  readonly create: string;
  /** Takes rows in their order, any number of whole ones; then `apply`, then as often again. */
  readonly copy: string;
  /** After `copy`, where no statement made the objects: makes those that the rows name. */
  readonly createMissing: string;
  /** Statements that write the copied rows into the objects and forget them. */
  readonly apply: readonly string[];
}

export function largeObjectLoadSql(): LargeObjectLoad {
  return {
    create: `CREATE TEMPORARY TABLE nexushub_dump_large_object (loid oid, "position" int8, bytes bytea) ON COMMIT DROP`,
    copy: `COPY ${LARGE_OBJECT_STAGE} (loid, "position", bytes) FROM STDIN`,
    createMissing: `SELECT pg_catalog.lo_create(loid) FROM (SELECT DISTINCT loid FROM ${LARGE_OBJECT_STAGE}) s
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = s.loid)`,
    apply: [
      // An empty page ends an object that was cut or stretched there (inv_truncate(), src/backend/storage/large_object).
      `SELECT pg_catalog.count(
  CASE WHEN pg_catalog.length(bytes) > 0 THEN pg_catalog.lo_put(loid, "position", bytes)::pg_catalog.text
  ELSE (SELECT pg_catalog.lo_truncate64(fd, "position") + pg_catalog.lo_close(fd)
        FROM (SELECT pg_catalog.lo_open(loid, 131072) AS fd OFFSET 0) opened)::pg_catalog.text END)
FROM (SELECT * FROM ${LARGE_OBJECT_STAGE} ORDER BY loid, "position") pages`,
      `TRUNCATE ${LARGE_OBJECT_STAGE}`,
    ],
  };
}
