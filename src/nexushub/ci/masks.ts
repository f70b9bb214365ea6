/** The masks of the preset `ci`. */
import { createHmac } from "node:crypto";
import { quoteLiteral } from "../../sql/literal.ts";
import { TEST_KEY } from "../demo-data/generate.ts";
import { seal, type SealedColumn } from "../keys/sealed-value.ts";
import { clampPrivateKey, publicKeyOf } from "../keys/wireguard-key.ts";
import { CI_PASSWORD_HASH, type SnapshotQuery } from "./preset.ts";

/** Replaces the host of an endpoint; its port stays, because configurations show it. */
const endpoint = (host: string): string =>
  String.raw`regexp_replace(endpoint, '^.+?(:\d+)?$', '${host}.example.test\1')`;

/** Masks of columns by table; a partitioned table stands for its partitions. */
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
    // Ids reveal nothing; any other target may be somebody's name or address.
    target_id: String.raw`CASE WHEN target_id ~ '^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+)$' THEN target_id ELSE 'masked' END`,
    metadata: "@json",
    error_message: "@text",
  },
  connection_logs: { src_ip: "@ip", dst_ip: "@ip" },
};

/** Returns the preset's masks for the tables and columns that the database has. */
export async function ciMasks(query: SnapshotQuery): Promise<Record<string, string>> {
  const columns = await query<{ name: string }>(`
    SELECT c.relname || '.' || a.attname AS name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::pg_catalog.regnamespace AND c.relkind IN ('r', 'p')
      AND a.attnum > 0 AND NOT a.attisdropped`);
  const existing = new Set(columns.map(({ name }) => name));
  const masks: Record<string, string> = {};
  for (const [table, maskOf] of Object.entries(MASKS)) {
    for (const [column, mask] of Object.entries(maskOf)) {
      if (existing.has(`${table}.${column}`)) masks[`public.${table}.${column}`] = mask;
    }
  }
  return { ...masks, ...(await sealedMasks(query)) };
}

/** Masks of sealed columns. They look up the new value of each row by its id, because only the client can seal. */
async function sealedMasks(query: SnapshotQuery): Promise<Record<string, string>> {
  const [totp, interfaces, peers, preshared] = [
    await readIds(query, "users", "totp_secret"),
    await readIds(query, "wg_interfaces", "private_key"),
    await readIds(query, "wg_peers", "private_key"),
    await readIds(query, "wg_peer_preshared_keys", "preshared_key"),
  ];
  return {
    "public.users.totp_secret": sealedMask("users.totp_secret", totp, totpSecret),
    ...keyPairMasks("wg_interfaces", interfaces),
    ...keyPairMasks("wg_peers", peers),
    "public.wg_peer_preshared_keys.preshared_key": sealedMask(
      "wg_peer_preshared_keys.preshared_key",
      preshared,
      (id) => derivedBytes("psk", id),
    ),
  };
}

interface RowId {
  readonly id: string;
  /** Whether the row has a value in the sealed column. */
  readonly isSealed: boolean;
}

function readIds(query: SnapshotQuery, table: string, column: string): Promise<RowId[]> {
  return query<RowId>(
    `SELECT id::pg_catalog.text AS id, ${column} IS NOT NULL AS "isSealed" FROM public.${table} ORDER BY id`,
  );
}

function keyPairMasks(
  table: "wg_interfaces" | "wg_peers",
  rows: readonly RowId[],
): Record<string, string> {
  const privateKeyOf = (id: string): Buffer => clampPrivateKey(derivedBytes(table, id));
  const publicKeys = rows.map(({ id }) => [id, publicKeyOf(privateKeyOf(id))] as const);
  return {
    [`public.${table}.private_key`]: sealedMask(`${table}.private_key`, rows, privateKeyOf),
    [`public.${table}.public_key`]: lookUp(publicKeys),
  };
}

function sealedMask(
  column: SealedColumn,
  rows: readonly RowId[],
  plaintextOf: (id: string) => Uint8Array,
): string {
  const values = rows
    .filter(({ isSealed }) => isSealed)
    .map(({ id }) => {
      const nonce = derivedBytes(`${column} nonce`, id).subarray(0, 12);
      const sealed = seal(column, TEST_KEY, plaintextOf(id), nonce);
      return [id, `\\x${sealed.toString("hex")}`] as const;
    });
  return `(${lookUp(values)})::pg_catalog.bytea`;
}

/** An expression that maps the row's id to a value; null for other ids. */
function lookUp(values: readonly (readonly [id: string, value: string])[]): string {
  const json = JSON.stringify(Object.fromEntries(values));
  return `${quoteLiteral(json)}::pg_catalog.jsonb ->> id::pg_catalog.text`;
}

/** Derives 32 bytes from their purpose and the row. They protect nothing: everybody who has this program can derive them. */
function derivedBytes(purpose: string, id: string): Buffer {
  return createHmac("sha256", "nexushub-dump preset ci").update(`${purpose} ${id}`).digest();
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function totpSecret(id: string): Buffer {
  return Buffer.from([...derivedBytes("totp", id)].map((byte) => BASE32[byte & 31]!).join(""));
}
