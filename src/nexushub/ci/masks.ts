/**
 * The preset `ci`: a NexusHub archive for tests, from which nothing of the original's people and keys can be learned. No
 * sessions, refresh tokens and API keys; every password is a known one; names, addresses and free text are pseudonyms;
 * every WireGuard key is a new one that fits its new public key, sealed under the published key of fixtures, so that
 * configurations still render. What it makes is searched for originals before it appears.
 */
import { createHmac } from "node:crypto";
import { UsageError } from "../../errors.ts";
import { TEST_KEY } from "../demo-data/generate.ts";
import type { ForbiddenValue } from "../../verify/value-search.ts";
import { publicKeyOf } from "../keys/wireguard-key.ts";
import { seal, type SealedColumn } from "../keys/sealed-value.ts";
import { quoteLiteral } from "../../sql/literal.ts";

export { TEST_KEY };

/** The password of every user in an archive of the preset. */
export const CI_PASSWORD = "nexushub-ci";
/** Argon2id of it (RFC 9106), in the form in which NexusHub stores hashes. */
export const CI_PASSWORD_HASH =
  "$argon2id$v=19$m=65536,t=3,p=2$bmV4dXNodWItY2ktc2FsdA$lPm9ItnsX3YJGuPk213fTAKjN5Qxb5Qj9rzP+8sCp94";

/** Tables that come without rows. */
export const CI_EMPTY_TABLES: readonly string[] = [
  "public.sessions",
  "public.refresh_tokens",
  "public.api_keys",
];

/** A host, whatever it is, without its port, which is part of what a configuration shows. */
const endpoint = (host: string): string =>
  String.raw`regexp_replace(endpoint, '^.+?(:\d+)?$', '${host}.example.test\1')`;

/** Columns by table; a partitioned one stands for its partitions. */
const MASKS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  users: {
    email: "@email",
    username: "@name",
    password_hash: `@constant(${CI_PASSWORD_HASH})`,
  },
  wg_interfaces: { endpoint: endpoint("vpn") },
  wg_peers: { name: "@name", description: "@text", endpoint: endpoint("peer") },
  audit_log: {
    actor_ip: "@ip",
    actor_ua: "@user-agent",
    // Ids say nothing; whatever else was the target may be somebody's name or address.
    target_id: String.raw`CASE WHEN target_id ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+)$' THEN target_id ELSE 'masked' END`,
    metadata: "@json",
    error_message: "@text",
  },
  connection_logs: { src_ip: "@ip", dst_ip: "@ip" },
};

/** Runs read-only queries in the dump's snapshot. */
type Query = <Row>(sql: string) => Promise<Row[]>;

/** The masks of the preset for the database at hand: of the tables and columns that it has. */
export async function ciMasks(query: Query): Promise<Record<string, string>> {
  const columns = await query<{ table: string; column: string }>(`
    SELECT c.relname AS table, a.attname AS column
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped`);
  const masks: Record<string, string> = {};
  for (const [table, own] of Object.entries(MASKS)) {
    for (const [column, mask] of Object.entries(own)) {
      if (columns.some((one) => one.table === table && one.column === column))
        masks[`public.${table}.${column}`] = mask;
    }
  }
  return { ...masks, ...(await resealed(query)) };
}

/** 32 bytes that follow from what they are for; all who know the preset can make them, as they know its key. */
function derived(purpose: string, id: string): Buffer {
  return createHmac("sha256", "nexushub-dump preset ci").update(`${purpose} ${id}`).digest();
}

function resealedValue(column: SealedColumn, id: string, plain: Uint8Array): string {
  const nonce = derived(`${column} nonce`, id).subarray(0, 12);
  return `\\x${seal(column, TEST_KEY, plain, nonce).toString("hex")}`;
}

/** A private key as `wg genkey` makes it, clamped (RFC 7748, section 5). */
function privateKey(purpose: string, id: string): Buffer {
  const bytes = derived(purpose, id);
  bytes[0]! &= 248;
  bytes[31] = (bytes[31]! & 127) | 64;
  return bytes;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Masks that look up the replacement of each row by its id: only the client can seal. */
async function resealed(query: Query): Promise<Record<string, string>> {
  const lookUp = (values: Readonly<Record<string, string>>): string =>
    `${quoteLiteral(JSON.stringify(values))}::pg_catalog.jsonb ->> id::pg_catalog.text`;
  const ids = async (table: string, sealed: string): Promise<{ id: string; has: boolean }[]> =>
    query(
      `SELECT id::pg_catalog.text AS id, ${sealed} IS NOT NULL AS has FROM public.${table} ORDER BY id`,
    );
  const masks: Record<string, string> = {};

  const secrets: Record<string, string> = {};
  for (const { id, has } of await ids("users", "totp_secret")) {
    if (!has) continue;
    const secret = [...derived("totp", id)].map((byte) => BASE32[byte & 31]!).join("");
    secrets[id] = resealedValue("users.totp_secret", id, Buffer.from(secret));
  }
  masks["public.users.totp_secret"] = `(${lookUp(secrets)})::pg_catalog.bytea`;

  for (const table of ["wg_interfaces", "wg_peers"] as const) {
    const [sealed, keys]: [Record<string, string>, Record<string, string>] = [{}, {}];
    for (const { id, has } of await ids(table, "private_key")) {
      const secret = privateKey(table, id);
      keys[id] = publicKeyOf(secret);
      if (has) sealed[id] = resealedValue(`${table}.private_key`, id, secret);
    }
    masks[`public.${table}.private_key`] = `(${lookUp(sealed)})::pg_catalog.bytea`;
    masks[`public.${table}.public_key`] = lookUp(keys);
  }

  const shared: Record<string, string> = {};
  for (const { id } of await ids("wg_peer_preshared_keys", "preshared_key"))
    shared[id] = resealedValue("wg_peer_preshared_keys.preshared_key", id, derived("psk", id));
  masks["public.wg_peer_preshared_keys.preshared_key"] = `(${lookUp(shared)})::pg_catalog.bytea`;
  return masks;
}

/** Columns whose originals must not be in the archive, and what their text is. */
const ORIGINALS: readonly (readonly [
  table: string,
  column: string,
  as: "text" | "bytea" | "base64",
])[] = [
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

/** @throws UsageError naming the tables that the preset needs, only when one is not there. */
export async function requireNexusHub(query: Query): Promise<void> {
  const rows = await query<{ name: string }>(
    "SELECT relname AS name FROM pg_catalog.pg_class WHERE relnamespace = 'public'::pg_catalog.regnamespace",
  );
  const there = new Set(rows.map(({ name }) => name));
  const missing = [...new Set(ORIGINALS.map(([table]) => table))].filter(
    (name) => !there.has(name),
  );
  if (missing.length === 0) return;
  throw new UsageError(`this is no NexusHub database: it lacks ${missing.join(", ")}`, {
    object: `table public.${missing[0]!}`,
    hint: "the preset ci is for NexusHub: choose masks yourself, with --mask",
  });
}

/** Every original e-mail, hash, ciphertext and key of the snapshot. What the preset itself puts in is none. */
export async function ciOriginals(query: Query): Promise<ForbiddenValue[]> {
  const found: ForbiddenValue[] = [];
  for (const [table, column, as] of ORIGINALS) {
    const rows = await query<{ text: string }>(
      `SELECT ${column}::pg_catalog.text AS text FROM public.${table} WHERE ${column} IS NOT NULL`,
    );
    for (const { text } of rows) {
      if (text !== CI_PASSWORD_HASH)
        found.push({ what: `${table}.${column}`, value: bytesOf(text, as) });
    }
  }
  return found;
}

function bytesOf(text: string, as: "text" | "bytea" | "base64"): string | Buffer {
  if (as === "text") return text;
  return as === "base64" ? Buffer.from(text, "base64") : Buffer.from(text.slice(2), "hex");
}
