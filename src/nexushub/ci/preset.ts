/**
 * The preset `ci`: an archive of NexusHub for tests, which reveals nothing about the original's people and keys. It has
 * no sessions, refresh tokens and API keys; every user has the same known password; names, addresses and free text are
 * pseudonyms; every WireGuard key pair is new and sealed under the published test key, so that configurations still
 * render (masks.ts). The archive is searched for original values before it appears (originals.ts).
 */

/** The password of every user in an archive of the preset. */
export const CI_PASSWORD = "nexushub-ci";
/** Its Argon2id hash (RFC 9106), in the form in which NexusHub stores hashes. */
export const CI_PASSWORD_HASH =
  "$argon2id$v=19$m=65536,t=3,p=2$bmV4dXNodWItY2ktc2FsdA$lPm9ItnsX3YJGuPk213fTAKjN5Qxb5Qj9rzP+8sCp94";

/** Tables that are dumped without rows. */
export const CI_EMPTY_TABLES: readonly string[] = [
  "public.sessions",
  "public.refresh_tokens",
  "public.api_keys",
];

/** Runs read-only queries in the dump's snapshot. */
export type SnapshotQuery = <Row>(sql: string) => Promise<Row[]>;
