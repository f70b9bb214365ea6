/** Every bound on untrusted input and on our own memory, each with its reason. All sizes are bytes unless named otherwise. */

/** COPY text gathered before a part is cut at the next row end. Small enough to hold several, large enough that headers and calls cost nothing. */
export const DEFAULT_PART_BYTES = 2 * 1024 * 1024;

/**
 * The most that one part may hold: a row is never split, and PostgreSQL's own limit for a row's text is 1 GiB
 * (MaxAllocSize, src/include/utils/memutils.h), the part before it included.
 */
export const MAX_PART_BYTES = 1024 * 1024 * 1024 + 64 * 1024 * 1024;

/**
 * Larger parts are compared with their checksum before they are inflated as a whole: what a megabyte of lies inflates to
 * must not fill the memory. Ordinary parts are far smaller.
 */
export const MAX_UNCHECKED_BYTES = 128 * 1024 * 1024;

/** The most that a manifest may hold uncompressed: 100 000 relations with their statements stay well below. */
export const MAX_MANIFEST_BYTES = 512 * 1024 * 1024;

/** The most values (texts, numbers, lists, objects …) that a manifest may hold, whatever its size. */
export const MAX_MANIFEST_VALUES = 64_000_000;

/** The most that the planner statistics of one column may hold, of each kind: MCVs and histograms of wide values are below. */
export const MAX_COLUMN_STATISTICS_BYTES = 1024 * 1024;

/** The most that all planner statistics of an archive may hold: a restore keeps them in memory, and can ANALYZE instead. */
export const MAX_STATISTICS_BYTES = 16 * 1024 * 1024;

/** The most that the first entry may hold, which names the format and the tool's version. */
export const MAX_FORMAT_ENTRY_BYTES = 4 * 1024;

/** The most that the two SQL entries and the small text entries may hold uncompressed. */
export const MAX_TEXT_ENTRY_BYTES = 512 * 1024 * 1024;

/** The most entries an archive may list. */
export const MAX_ENTRIES = 20_000_000;

/** The most that one message of a server may hold: PostgreSQL's own limit (MaxAllocSize), with room for its frame. */
export const MAX_SERVER_MESSAGE_BYTES = 1024 * 1024 * 1024 + 64;

/**
 * The most that a server may answer to one statement, rows of COPY and cursors not counted: the catalogs of 100 000
 * tables stay well below, and a server that never stops would otherwise fill the memory.
 */
export const MAX_RESULT_BYTES = 768 * 1024 * 1024;

/** The most that one statement of a plain dump may hold: a row of an INSERT, or a function. Larger rows come as COPY blocks. */
export const MAX_PLAIN_STATEMENT_BYTES = 256 * 1024 * 1024;
