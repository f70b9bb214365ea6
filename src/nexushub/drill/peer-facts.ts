/** Reads the values of a peer's configuration from a database, and opens its secrets with the key. */
import type { ProbeConnection } from "../../drill/probe.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { PeerConfigFacts } from "./peer-config.ts";
import { open } from "../keys/sealed-value.ts";

interface PeerRow {
  readonly privateKey: string | null;
  readonly presharedKey: string | null;
  readonly assignedIp: string;
  readonly peerDns: string[] | null;
  readonly interfaceDns: string[] | null;
  readonly interfacePublicKey: string;
  readonly clientAllowedIps: string[] | null;
  readonly interfaceNetwork: string;
  readonly peerEndpoint: string | null;
  readonly interfaceEndpoint: string | null;
  readonly listenPort: number;
  readonly persistentKeepalive: number | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Reads one peer; null when there is none with that id.
 * @throws MismatchError only when a sealed value of the peer does not open with the key.
 */
export async function readPeerFacts(
  connection: ProbeConnection,
  id: string,
  key: Uint8Array,
  serverEndpoint: string | null,
): Promise<PeerConfigFacts | null> {
  if (!UUID.test(id)) return null;
  const [row] = await connection.query<PeerRow>(
    `SELECT pg_catalog.encode(p.private_key, 'hex') AS "privateKey",
            (SELECT pg_catalog.encode(k.preshared_key, 'hex') FROM public.wg_peer_preshared_keys k
             WHERE k.peer_id = p.id AND k.retired_at IS NULL) AS "presharedKey",
            pg_catalog.host(p.assigned_ip) AS "assignedIp", p.dns AS "peerDns", i.dns AS "interfaceDns",
            i.public_key AS "interfacePublicKey", p.client_allowed_ips::pg_catalog.text[] AS "clientAllowedIps",
            pg_catalog.network(i.address)::pg_catalog.text AS "interfaceNetwork", p.endpoint AS "peerEndpoint",
            i.endpoint AS "interfaceEndpoint", i.listen_port AS "listenPort",
            p.persistent_keepalive AS "persistentKeepalive"
     FROM public.wg_peers p JOIN public.wg_interfaces i ON i.id = p.interface_id
     WHERE p.id = ${quoteLiteral(id)}::pg_catalog.uuid`,
    { action: "read the peer", object: `peer ${id}` },
  );
  if (row === undefined) return null;
  const opened = (
    column: "wg_peers.private_key" | "wg_peer_preshared_keys.preshared_key",
    hex: string | null,
  ) => (hex === null ? null : open(column, key, Buffer.from(hex, "hex")).toString("base64"));
  return {
    ...row,
    peerDns: row.peerDns ?? [],
    interfaceDns: row.interfaceDns ?? [],
    clientAllowedIps: row.clientAllowedIps ?? [],
    persistentKeepalive: row.persistentKeepalive ?? 0,
    privateKey: opened("wg_peers.private_key", row.privateKey),
    presharedKey: opened("wg_peer_preshared_keys.preshared_key", row.presharedKey),
    serverEndpoint,
  };
}

/** Lists ids of peers: those whose key NexusHub holds first, then enabled ones, then the most recently changed. */
export async function listKnownPeers(
  connection: ProbeConnection,
  limit: number,
): Promise<string[]> {
  const rows = await connection.query<{ id: string }>(
    `SELECT id::pg_catalog.text AS id FROM public.wg_peers
     ORDER BY private_key IS NULL, status <> 'enabled'::public.wg_peer_status, updated_at DESC, public.wg_peers.id
     LIMIT ${limit}`,
    { action: "list the peers", object: "table public.wg_peers" },
  );
  return rows.map(({ id }) => id);
}
