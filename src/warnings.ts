/**
 * What people should know and what does not stop an operation: a stable code for scripts, what it is about, and a
 * sentence. Warnings of a dump travel in the manifest, so a restore can tell what was left out without reading sentences.
 */

/** Stable: scripts may rely on them, messages may change. docs/errors.md says what each means and what to do. */
export const WARNING_CODES = [
  "backup-state",
  "base-missing",
  "child-not-searched",
  "column-order",
  "column-types-unknown",
  "disk-space",
  "dump-repeated",
  "drill-leftover",
  "dropped-role",
  "empty-backup",
  "earlier-archive-damaged",
  "existing-object",
  "expired-database",
  "extension-rows",
  "fewer-connections",
  "fixture-over-database",
  "foreign-key-not-valid",
  "foreign-rows",
  "format-1",
  "generated-column",
  "identity-default",
  "inherited-not-null",
  "invalid-index",
  "key-mismatch",
  "key-unavailable",
  "limited-comparison",
  "manual-extension-member",
  "missing-object",
  "needs-unselected",
  "not-analyzed",
  "not-compared",
  "not-selected",
  "notification-failed",
  "older-server",
  "own-not-null",
  "partial-archive",
  "feature-lost",
  "partitioned-not-null",
  "partitions-not-selected",
  "peer-config",
  "references-left",
  "role-differs",
  "row-security",
  "rows-lost",
  "sequence-behind",
  "server-warning",
  "stale-column-list",
  "subscription-connection",
  "subscription-password",
  "toast-options",
  "trigger-renamed",
  "unlogged-foreign-key",
  "unlogged-on-standby",
  "unpopulated-view",
  "unsigned-archive",
  "unsure-call",
  "unsupported-object",
  "untested-server",
  "user-mapping-options",
] as const;

/** A code of a warning. */
export type WarningCode = (typeof WARNING_CODES)[number];

/** A warning, as results, events and manifests hold it. */
export interface Warning {
  readonly code: WarningCode;
  /** What it is about, as messages name it: `table public.users`; null where it is about no single object. */
  readonly object: string | null;
  readonly message: string;
}

export function warning(code: WarningCode, object: string | null, message: string): Warning {
  return { code, object, message };
}
