/** Why rows are read from the server although an earlier archive was offered for reuse. Typed, so that scripts can act on it. */

const REASONS = {
  // The earlier archive as a whole cannot be used.
  "no-units": "the earlier archive does not record units",
  "server-unknown": "the server, or the earlier archive, does not say which server it is",
  standby: "the server is or was a standby",
  "other-server": "the earlier archive is of another server",
  "other-database": "the earlier archive is of another database",
  "other-version": "the server was of another version",
  "other-timeline": "the server is on another timeline: it was promoted or recovered",
  "server-restarted": "the server was restarted since",
  "server-went-back": "the server is behind the earlier archive: it was put back to an older state",
  "server-crashed":
    "the server crashed since, and may have lost transactions that the earlier archive holds",
  "too-many-transactions": "more than 2^31 transactions began since",
  "other-compression": "the earlier archive has another compression",
  "other-signature": "the earlier archive is not signed with the key that signs this one",
  // One table cannot be used.
  "old-server": "servers before 14 cannot read ranges of a table",
  reproducible: "a reproducible archive has the rows in another order",
  "rows-selected": "rows are selected, masked or sampled",
  "not-heap": "its access method is not heap",
  small: "it is small: reading it costs no more than comparing it",
  "runs-functions":
    "an index or statistics object of it calls a function, which comparing row versions would run",
  "locked-late": "it was locked after the snapshot was taken",
  "large-objects": "large objects are always read",
  "changing-text": "a column has a type whose text depends on more than its value",
  "new-table": "the earlier archive does not have it, or has no units of it",
  rewritten: "its file was replaced since (TRUNCATE, VACUUM FULL, CLUSTER, ALTER TABLE)",
  "definition-changed": "its columns, or types that they use, were changed since",
} as const;

/** Stable: scripts may rely on it. */
export type FullReadReason = keyof typeof REASONS;

/** The reason for people. */
export function fullReadText(reason: FullReadReason): string {
  return REASONS[reason];
}
