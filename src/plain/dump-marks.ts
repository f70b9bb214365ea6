/** The comments by which a plain dump of pg_dump is known (pg_backup_archiver.c, RestoreArchive()). */

/** The second line. */
export const DUMP_HEADING = "-- PostgreSQL database dump";
/** After the last statement. */
export const DUMP_FOOTER = "-- PostgreSQL database dump complete";
