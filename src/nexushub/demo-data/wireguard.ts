/** Demo data: WireGuard interfaces, their peers and preshared keys, with matching key pairs. */
import { clampPrivateKey, publicKeyOf } from "../keys/wireguard-key.ts";
import { seal, type SealedColumn } from "../keys/sealed-value.ts";
import type { Random } from "./random.ts";
import { HOSTILE_TEXTS, cut } from "./text.ts";
import {
  bool,
  bytea,
  days,
  minutes,
  textArray,
  timestamp,
  type Field,
  type DemoTable,
} from "./values.ts";

const PEERS = 400;

export interface WireGuard {
  readonly interfaces: readonly string[];
  readonly peers: readonly string[];
  readonly tables: readonly DemoTable[];
}

interface Network {
  readonly name: string;
  readonly port: number;
  readonly address: string;
  /** Returns the address of a peer by its index. */
  readonly peer: (index: number) => string;
  readonly dns: readonly string[] | null;
  readonly endpoint: string | null;
}

const NETWORKS: readonly Network[] = [
  {
    name: "wg0",
    port: 51820,
    address: "10.8.0.1/16",
    peer: (n) => `10.8.${n >> 7}.${(n & 127) + 2}`,
    dns: ["10.8.0.1", "fd00:8::53"],
    endpoint: "vpn.example.org:51820",
  },
  {
    name: "wg-site",
    port: 51821,
    address: "fd00:8::1/64",
    peer: (n) => `fd00:8::${(n + 0x1000).toString(16)}`,
    dns: null,
    endpoint: "vpn.example.org",
  },
  {
    name: "wg_lab",
    port: 443,
    address: "172.20.0.1/20",
    peer: (n) => `172.20.${n >> 7}.${(n & 127) + 2}`,
    dns: [],
    endpoint: null,
  },
  {
    name: "wgold",
    port: 65535,
    address: "192.168.76.1/22",
    peer: (n) => `192.168.${76 + (n >> 7)}.${(n & 127) + 2}`,
    dns: ["1.1.1.1"],
    endpoint: "[2001:db8::1]:65535",
  },
];

/** What the rows are generated from. */
interface Generator {
  readonly random: Random;
  readonly now: number;
  readonly users: readonly string[];
  /** Seals a value for a column. */
  readonly sealed: (column: SealedColumn, value: Buffer) => string;
}

/** Interfaces, peers and preshared keys, each table after those that it refers to. */
export function wireGuard(
  random: Random,
  key: Uint8Array,
  now: number,
  users: readonly string[],
): WireGuard {
  const sealed = (column: SealedColumn, value: Buffer): string =>
    bytea(seal(column, key, value, random.bytes(12)));
  const generator = { random, now, users, sealed };
  const interfaces = NETWORKS.map(() => random.uuid());
  const interfaceRows = NETWORKS.map((network, i) =>
    interfaceRow(generator, interfaces[i]!, network, i),
  );

  const peers: string[] = [];
  const peerRows: Field[][] = [];
  const presharedRows: Field[][] = [];
  for (let i = 0; i < PEERS; i++) {
    const id = random.uuid();
    peers.push(id);
    peerRows.push(peerRow(generator, id, interfaces, i));
    presharedRows.push(...presharedKeyRows(generator, id));
  }
  return { interfaces, peers, tables: tables(interfaceRows, peerRows, presharedRows) };
}

function newPrivateKey(random: Random): Buffer {
  return clampPrivateKey(random.bytes(32));
}

function interfaceRow(
  { random, now, sealed }: Generator,
  id: string,
  network: Network,
  i: number,
): Field[] {
  const secret = newPrivateKey(random);
  const createdAt = now - days(700 - i);
  return [
    id,
    network.name,
    String(network.port),
    network.address,
    network.dns && textArray(network.dns),
    i === 1 ? null : "1420",
    network.endpoint,
    sealed("wg_interfaces.private_key", secret),
    publicKeyOf(secret),
    i === 0
      ? "iptables -A FORWARD -i %i -j ACCEPT;\niptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE"
      : null,
    i === 0 ? "iptables -D FORWARD -i %i -j ACCEPT" : "",
    bool(i < 3),
    timestamp(createdAt),
    timestamp(createdAt + days(random.below(300))),
  ];
}

function peerRow(
  { random, now, users, sealed }: Generator,
  id: string,
  interfaces: readonly string[],
  i: number,
): Field[] {
  // The first interface has most of the peers.
  const index = i % 10 < 7 ? 0 : (i % 10) - 6;
  const secret = newPrivateKey(random);
  const createdAt = now - days(random.between(1, 600)) - random.next() / 1000;
  return [
    id,
    interfaces[index]!,
    random.chance(0.9) ? random.pick(users) : null,
    i % 25 === 3 ? `${cut(random.pick(HOSTILE_TEXTS), 40)} ${i}` : `laptop-${i}`,
    random.chance(0.3) ? random.pick(HOSTILE_TEXTS) : random.chance(0.5) ? "" : null,
    publicKeyOf(secret),
    random.chance(0.75) ? sealed("wg_peers.private_key", secret) : null,
    random.chance(0.5)
      ? textArray([`10.200.${i & 255}.0/24`, "fd00:9::/64"].slice(random.below(2)))
      : "{}",
    NETWORKS[index]!.peer(i),
    random.chance(0.1) ? `peer${i}.example.net:${random.between(1024, 65535)}` : null,
    random.chance(0.6) ? "25" : random.chance(0.5) ? "0" : null,
    random.chance(0.2) ? textArray(["9.9.9.9"]) : null,
    random.chance(0.9) ? "enabled" : random.chance(0.5) ? "disabled" : "revoked",
    random.chance(0.7)
      ? timestamp(now - minutes(random.below(50_000)) - random.next() / 1e6)
      : null,
    String(random.next() * random.below(2000)),
    String(random.next() * random.below(2000)),
    random.chance(0.1) ? timestamp(now + days(random.between(1, 300))) : null,
    timestamp(createdAt),
    timestamp(createdAt + random.below(100_000_000)),
    random.pick(["{}", textArray(["0.0.0.0/0", "::/0"]), textArray(["10.0.0.0/8"])]),
  ];
}

/** The preshared keys of a peer: at most the newest one is active, those before it are retired. */
function presharedKeyRows({ random, now, sealed }: Generator, peer: string): Field[][] {
  const active = random.chance(0.7) ? 1 : 0;
  const count = active + (random.chance(0.3) ? random.between(1, 3) : 0);
  return Array.from({ length: count }, (_, i) => {
    const rotatedAt = now - days(10 * (count - i));
    return [
      random.uuid(),
      peer,
      sealed("wg_peer_preshared_keys.preshared_key", random.bytes(32)),
      timestamp(rotatedAt),
      i === count - 1 && active === 1 ? null : timestamp(rotatedAt + days(10)),
    ];
  });
}

function tables(
  interfaceRows: readonly Field[][],
  peerRows: readonly Field[][],
  presharedRows: readonly Field[][],
): DemoTable[] {
  return [
    {
      table: "wg_interfaces",
      columns:
        "id name listen_port address dns mtu endpoint private_key public_key post_up post_down is_active created_at updated_at".split(
          " ",
        ),
      rows: interfaceRows,
    },
    {
      table: "wg_peers",
      columns:
        "id interface_id owner_user_id name description public_key private_key allowed_ips assigned_ip endpoint persistent_keepalive dns status last_handshake rx_bytes tx_bytes expires_at created_at updated_at client_allowed_ips".split(
          " ",
        ),
      rows: peerRows,
    },
    {
      table: "wg_peer_preshared_keys",
      columns: "id peer_id preshared_key rotated_at retired_at".split(" "),
      rows: presharedRows,
    },
  ];
}
