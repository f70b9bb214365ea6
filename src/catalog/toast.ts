/** Whether a table gets a TOAST table, without which its `toast.` parameters have no effect and are not kept. */

/** The types of limited length: character(n), character varying(n), bit(n), bit varying(n), numeric(n). */
const LENGTH = `CASE
  WHEN a.attlen > 0 THEN a.attlen
  WHEN a.atttypmod < 0 THEN NULL
  WHEN a.atttypid IN (1042, 1043) THEN (a.atttypmod - 4) * pg_catalog.pg_encoding_max_length(d.encoding) + 4
  WHEN a.atttypid IN (1560, 1562) THEN (a.atttypmod + 7) / 8 + 8
  WHEN a.atttypid = 1700 THEN ((((a.atttypmod - 4) >> 16) & 65535) + 6) / 4 * 2 + 8
END`;

/** The longest row of which no value is stored elsewhere: TOAST_TUPLE_THRESHOLD, src/include/access/heaptoast.h. */
const THRESHOLD = 2032;
/** At most what the header of a row and the alignment of a value take. */
const HEADER = 232;
const ALIGNMENT = 7;

/**
 * A condition about the table whose oid an SQL expression gives, as heapam_relation_needs_toast_table()
 * (src/backend/access/heap/heapam_handler.c) decides it; near the threshold it is true.
 */
export function needsToast(table: string): string {
  return `(
    SELECT COALESCE(pg_catalog.bool_or(a.attlen = -1 AND ty.typstorage <> 'p'), false) AND
           (pg_catalog.bool_or(${LENGTH} IS NULL) OR
            pg_catalog.sum(${LENGTH} + ${ALIGNMENT}) > ${THRESHOLD - HEADER})
    FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
    JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database()
    WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v')`;
}
