/** The original values that an archive of the preset `ci` must not hold. */
import { UsageError } from "../../errors.ts";
import type { ForbiddenValue } from "../../verify/value-search.ts";
import { CI_PASSWORD_HASH, type SnapshotQuery } from "./preset.ts";

type Encoding = "text" | "bytea" | "base64";

/** Columns whose values are searched for, and what their text encodes. */
const ORIGINALS: readonly (readonly [table: string, column: string, encoding: Encoding])[] = [
  ["users", "email", "text"],
  ["users", "password_hash", "text"],
  ["users", "totp_secret", "bytea"],
  ["wg_interfaces", "private_key", "bytea"],
  ["wg_interfaces", "public_key", "base64"],
  ["wg_peers", "private_key", "bytea"],
  ["wg_peers", "public_key", "base64"],
  ["wg_peer_preshared_keys", "preshared_key", "bytea"],
  ["refresh_tokens", "token_hash", "bytea"],
  ["api_keys", "token_hash", "bytea"],
];

/** @throws UsageError only when tables that the preset needs are missing; it names them. */
export async function requireNexusHub(query: SnapshotQuery): Promise<void> {
  const rows = await query<{ name: string }>(
    "SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = 'public'::pg_catalog.regnamespace",
  );
  const existing = new Set(rows.map(({ name }) => name));
  const needed = new Set(ORIGINALS.map(([table]) => table));
  const missing = [...needed].filter((name) => !existing.has(name));
  if (missing.length === 0) return;
  throw new UsageError(`this is not a NexusHub database: it lacks ${missing.join(", ")}`, {
    object: `table public.${missing[0]!}`,
    hint: "the preset ci is for NexusHub: choose masks yourself, with --mask",
  });
}

/** Reads every original e-mail address, hash, ciphertext and key in the snapshot. */
export async function ciOriginals(query: SnapshotQuery): Promise<ForbiddenValue[]> {
  const originals: ForbiddenValue[] = [];
  for (const [table, column, encoding] of ORIGINALS) {
    const rows = await query<{ text: string }>(
      `SELECT ${column}::pg_catalog.text AS text FROM public.${table} WHERE ${column} IS NOT NULL`,
    );
    for (const { text } of rows) {
      // The preset itself writes this hash.
      if (text !== CI_PASSWORD_HASH)
        originals.push({ what: `${table}.${column}`, value: decode(text, encoding) });
    }
  }
  return originals;
}

function decode(text: string, encoding: Encoding): string | Buffer {
  if (encoding === "text") return text;
  return encoding === "base64" ? Buffer.from(text, "base64") : Buffer.from(text.slice(2), "hex");
}
