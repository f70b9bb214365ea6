/**
 * A peer's wg-quick configuration, as NexusHub hands it to the peer's owner. Rendering one shows that a restored database
 * is usable. The text holds private keys; `redactConfig` removes them.
 */

/** The values in a configuration; keys in base64. */
export interface PeerConfigFacts {
  /** Null when the client keeps its key. */
  readonly privateKey: string | null;
  /** Without a prefix length. */
  readonly assignedIp: string;
  readonly peerDns: readonly string[];
  readonly interfaceDns: readonly string[];
  readonly interfacePublicKey: string;
  /** Null when the peer has none. */
  readonly presharedKey: string | null;
  readonly clientAllowedIps: readonly string[];
  /** The interface's own network, in CIDR form. */
  readonly interfaceNetwork: string;
  readonly peerEndpoint: string | null;
  readonly interfaceEndpoint: string | null;
  readonly listenPort: number;
  /** WG_ENDPOINT: `host:port` or a host. */
  readonly serverEndpoint: string | null;
  readonly persistentKeepalive: number;
}

/** Placeholder for a key that only the client knows. */
const CLIENT_KEY = "<the client's own private key>";

/** Renders the configuration in wg-quick's format (wg-quick(8), wg(8)), with the settings in NexusHub's order. */
export function renderPeerConfig(facts: PeerConfigFacts): string {
  const dns = facts.peerDns.length > 0 ? facts.peerDns : facts.interfaceDns;
  const allowed =
    facts.clientAllowedIps.length > 0 ? facts.clientAllowedIps : [facts.interfaceNetwork];
  const keepalive = facts.persistentKeepalive > 0 ? String(facts.persistentKeepalive) : null;
  return [
    "[Interface]",
    ...setting("PrivateKey", facts.privateKey ?? CLIENT_KEY),
    ...setting("Address", `${facts.assignedIp}/${facts.assignedIp.includes(":") ? 128 : 32}`),
    ...setting("DNS", dns.length === 0 ? null : dns.join(", ")),
    "",
    "[Peer]",
    ...setting("PublicKey", facts.interfacePublicKey),
    ...setting("PresharedKey", facts.presharedKey),
    ...setting("AllowedIPs", allowed.join(", ")),
    ...setting("Endpoint", endpointOf(facts)),
    ...setting("PersistentKeepalive", keepalive),
    "",
  ].join("\n");
}

/** Returns a line, or none when there is no value. */
function setting(name: string, value: string | null): string[] {
  return value === null ? [] : [`${name} = ${value}`];
}

/** The address of the server: from the peer's setting, else the interface's, else the server's; null when none is set. */
function endpointOf(facts: PeerConfigFacts): string | null {
  if (facts.peerEndpoint) return facts.peerEndpoint;
  if (facts.interfaceEndpoint) {
    const { host, port } = splitEndpoint(facts.interfaceEndpoint);
    return `${host}:${port ?? facts.listenPort}`;
  }
  if (!facts.serverEndpoint) return null;
  return `${splitEndpoint(facts.serverEndpoint).host}:${facts.listenPort}`;
}

/** Splits `vpn.example:51820`, `[2001:db8::1]:51820` or a host alone; puts a bare IPv6 address into brackets. */
function splitEndpoint(endpoint: string): { host: string; port: string | null } {
  const bracketed = /^(\[[^\]]+\])(?::(\d+))?$/.exec(endpoint);
  if (bracketed !== null) return { host: bracketed[1]!, port: bracketed[2] ?? null };
  const parts = endpoint.split(":");
  if (parts.length > 2) return { host: `[${endpoint}]`, port: null };
  return { host: parts[0]!, port: parts[1] ?? null };
}

/** Returns the configuration without its two secrets. */
export function redactConfig(config: string): string {
  return config.replaceAll(/^(PrivateKey|PresharedKey) = (?!<).*$/gm, "$1 = (hidden)");
}

const KEY = /^[A-Za-z0-9+/]{43}=$/;

/** Lists what wg-quick would not accept; quotes no secret. */
export function configProblems(facts: PeerConfigFacts): string[] {
  const problems: string[] = [];
  if (facts.privateKey !== null && !KEY.test(facts.privateKey))
    problems.push("the private key is not a WireGuard key");
  if (facts.presharedKey !== null && !KEY.test(facts.presharedKey))
    problems.push("the preshared key is not a WireGuard key");
  if (!KEY.test(facts.interfacePublicKey))
    problems.push("the interface's public key is not a WireGuard key");
  if (endpointOf(facts) === null)
    problems.push(
      "the server's address is not known: neither peer nor interface has an endpoint, and WG_ENDPOINT is not set",
    );
  return problems;
}
