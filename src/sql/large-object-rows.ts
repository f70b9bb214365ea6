/**
 * The contents of large objects as rows: statements that copy them out and load them again. A row is (object, position,
 * bytes), in this order, and never longer than a page of `pg_largeobject`.
 */

/** Columns of the rows in COPY order, for the manifest. */
export const LARGE_OBJECT_COLUMNS: readonly string[] = ["loid", "position", "bytes"];

/** LOBLKSIZE: the bytes of one page (src/include/storage/large_object.h). */
const PAGE = "(pg_catalog.current_setting('block_size')::pg_catalog.int8 / 4)";

/**
 * `COPY … TO STDOUT` of the contents of all large objects. Superusers read the pages themselves, so holes stay holes.
 * Other roles may not, and read through functions, with holes as zeros. The statement fails with SQLSTATE 42501 and the
 * oid of the first object that the role has no SELECT on.
 */
export function largeObjectCopySql(isSuperuser: boolean): string {
  const rows = isSuperuser
    ? `SELECT loid, pageno * ${PAGE}, data FROM pg_catalog.pg_largeobject ORDER BY loid, pageno`
    : // OFFSET 0 keeps the subqueries apart, so that each descriptor is opened once, measured, and closed.
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

/** The temporary table through which rows are loaded. */
export const LARGE_OBJECT_STAGE = "pg_temp.nexushub_dump_large_object";

/** Statements that load rows of `largeObjectCopySql` into large objects that exist and are empty. */
export interface LargeObjectLoad {
  /** Before the first rows. The table is dropped with the transaction. */
  readonly create: string;
  /** The same outside a transaction: the table stays until it is dropped, or the session ends. */
  readonly createKept: string;
  /** Takes any number of complete rows in their order. Then `apply`, then `copy` again for the next rows. */
  readonly copy: string;
  /** After `copy`, where no other statement created the objects: creates those that the rows name. */
  readonly createMissing: string;
  /** Writes the copied rows into the objects and empties the table. */
  readonly apply: readonly string[];
}

export function largeObjectLoadSql(): LargeObjectLoad {
  const createKept = `CREATE TEMPORARY TABLE nexushub_dump_large_object (loid oid, "position" int8, bytes bytea)`;
  return {
    create: `${createKept} ON COMMIT DROP`,
    createKept,
    copy: `COPY ${LARGE_OBJECT_STAGE} (loid, "position", bytes) FROM STDIN`,
    createMissing: `SELECT pg_catalog.lo_create(loid) FROM (SELECT DISTINCT loid FROM ${LARGE_OBJECT_STAGE}) s
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata m WHERE m.oid = s.loid)`,
    apply: [
      // An empty page ends an object that was truncated or extended there (inv_truncate(), src/backend/storage/large_object).
      `SELECT pg_catalog.count(
  CASE WHEN pg_catalog.length(bytes) > 0 THEN pg_catalog.lo_put(loid, "position", bytes)::pg_catalog.text
  ELSE (SELECT pg_catalog.lo_truncate64(fd, "position") + pg_catalog.lo_close(fd)
        FROM (SELECT pg_catalog.lo_open(loid, 131072) AS fd OFFSET 0) opened)::pg_catalog.text END)
FROM (SELECT * FROM ${LARGE_OBJECT_STAGE} ORDER BY loid, "position") pages`,
      `TRUNCATE ${LARGE_OBJECT_STAGE}`,
    ],
  };
}
