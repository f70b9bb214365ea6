/** Stable codes: scripts may rely on them, messages may change. Each says when it comes and what to do. */
export type ErrorCode =
  /** Options, arguments or a connection string make no sense; nothing was done. Correct them as the hint says. */
  | "USAGE"
  /** No connection to the server could be opened, or it was lost. Check the server, host, port, login and TLS, then try again. */
  | "CONNECTION"
  /** PostgreSQL refused a statement; `sqlState` says why (PostgreSQL docs, appendix A). */
  | "SERVER"
  /** The login lacks a privilege on the named object. Grant it, or connect as the owner. */
  | "PERMISSION"
  /** A lock on the named table was not available in time. Wait for the session that holds it, or allow more time. */
  | "LOCK_TIMEOUT"
  /** Somebody renamed schemas, and a name stood for another relation than the one to be dumped. Dump again when they are done. */
  | "RELATION_REPLACED"
  /** The server is too old, too new, a standby, a fork of PostgreSQL or a pooler in transaction mode. Connect to another one. */
  | "UNSUPPORTED_SERVER"
  /** The database holds objects that cannot be dumped faithfully. Leave them out, or pass --skip-unsupported. */
  | "UNSUPPORTED_OBJECT"
  /** The target holds something already; nothing was changed. Choose an empty one, or allow it to be replaced. */
  | "TARGET_NOT_EMPTY"
  /** The target holds objects of other roles where the archive needs their places; nothing was changed. */
  | "NOT_OWNER"
  /** Objects from outside the archive depend on what would be replaced; nothing was changed. */
  | "DEPENDENT_OBJECTS"
  /** Others are connected to the target; nothing was changed. Stop the application first. */
  | "TARGET_BUSY"
  /** The target lacks roles that owners or privileges name. Create them, or restore without these. */
  | "ROLES_MISSING"
  /** The key at hand does not fit the archive or the sealed values. Find the right key. */
  | "KEY_MISMATCH"
  /** The archive is a fixture, and the target is in use by NexusHub; nothing was changed. Restore it elsewhere, or say so. */
  | "FIXTURE_REFUSED"
  /** The archive's signature is missing or not one of the accepted keys; nothing was changed. Check where it comes from. */
  | "SIGNATURE"
  /** An encrypted archive was expected, and the file is not encrypted; nothing was changed. Check where it comes from, or say so. */
  | "NOT_ENCRYPTED"
  /** The full archive that a differential one refers to is not there; nothing was changed. Put it beside it, or name it. */
  | "BASE_MISSING"
  /** Something stands in the way of exchanging the database for a new one; nothing was changed. Do what the hint says. */
  | "SWAP_REFUSED"
  /** Rows of the archive cannot go back into the target: others are in their place, or its tables changed. Nothing was changed. */
  | "ROW_CONFLICT"
  /** A dangerous operation was not confirmed; nothing was changed. */
  | "NOT_CONFIRMED"
  /** The archive is damaged, cut short or none of ours; `object` names the part. Use another backup. */
  | "ARCHIVE_DAMAGED"
  /** The archive has a format or a compression that this version or this Node cannot read. Update it. */
  | "ARCHIVE_UNSUPPORTED"
  /** Contents differ from what the archive or the options say; nothing was committed. */
  | "MISMATCH"
  /** A file or stream could not be written: disk full, no permission, closed. Write to another place. */
  | "OUTPUT"
  /** An object store did not answer, or refused: keys, bucket, rights, clock. Do what the hint says, then try again. */
  | "STORE"
  /** The backup is complete, and its copy, or that of an earlier one, is not. The next run copies what is missing. */
  | "COPY_FAILED"
  /** Another run holds the lock of the folder. Wait for it to end. */
  | "BUSY"
  /** The caller's signal fired, or Ctrl-C; what was begun is undone. */
  | "ABORTED"
  /** A fault of this package. Report it. */
  | "INTERNAL";
