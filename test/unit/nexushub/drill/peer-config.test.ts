import { describe, expect, test } from "vitest";
import {
  configProblems,
  type PeerConfigFacts,
  redactConfig,
  renderPeerConfig,
} from "../../../../src/nexushub/drill/peer-config.ts";

const KEY = (letter: string) => `${letter.repeat(43)}=`;
const facts: PeerConfigFacts = {
  privateKey: KEY("A"),
  assignedIp: "10.8.0.7",
  peerDns: [],
  interfaceDns: ["10.8.0.1"],
  interfacePublicKey: KEY("B"),
  presharedKey: KEY("C"),
  clientAllowedIps: [],
  interfaceNetwork: "10.8.0.0/16",
  peerEndpoint: null,
  interfaceEndpoint: null,
  listenPort: 51820,
  serverEndpoint: "vpn.example.org:443",
  persistentKeepalive: 25,
};
const render = (change: Partial<PeerConfigFacts>) => renderPeerConfig({ ...facts, ...change });
const endpoint = (change: Partial<PeerConfigFacts>) =>
  /^Endpoint = (.*)$/m.exec(render(change))?.[1];

describe("renderPeerConfig", () => {
  test("is a wg-quick configuration in NexusHub's order", () => {
    expect(render({})).toBe(
      `[Interface]\nPrivateKey = ${KEY("A")}\nAddress = 10.8.0.7/32\nDNS = 10.8.0.1\n\n[Peer]\nPublicKey = ${KEY("B")}\nPresharedKey = ${KEY("C")}\nAllowedIPs = 10.8.0.0/16\nEndpoint = vpn.example.org:51820\nPersistentKeepalive = 25\n`,
    );
  });

  test("leaves out what there is not", () => {
    const text = render({
      privateKey: null,
      presharedKey: null,
      interfaceDns: [],
      persistentKeepalive: 0,
      serverEndpoint: null,
    });
    expect(text).toBe(
      `[Interface]\nPrivateKey = <the client's own private key>\nAddress = 10.8.0.7/32\n\n[Peer]\nPublicKey = ${KEY("B")}\nAllowedIPs = 10.8.0.0/16\n`,
    );
  });

  test("prefers the peer's settings to the interface's, and those to the server's", () => {
    expect(render({ peerDns: ["1.1.1.1", "fd00::1"] })).toContain("DNS = 1.1.1.1, fd00::1\n");
    expect(render({ clientAllowedIps: ["0.0.0.0/0", "::/0"] })).toContain(
      "AllowedIPs = 0.0.0.0/0, ::/0\n",
    );
    expect(endpoint({ peerEndpoint: "p:1", interfaceEndpoint: "i:2" })).toBe("p:1");
    expect(endpoint({ interfaceEndpoint: "i:2" })).toBe("i:2");
    expect(endpoint({ interfaceEndpoint: "i" })).toBe("i:51820");
    expect(endpoint({})).toBe("vpn.example.org:51820");
  });

  test.each([
    ["[2001:db8::1]:65535", "[2001:db8::1]:65535"],
    ["[2001:db8::1]", "[2001:db8::1]:51820"],
    ["2001:db8::1", "[2001:db8::1]:51820"],
  ])("reads the IPv6 endpoint %s", (given, expected) => {
    expect(endpoint({ interfaceEndpoint: given })).toBe(expected);
  });

  test("gives an IPv6 address its prefix", () => {
    expect(render({ assignedIp: "fd00:8::1000" })).toContain("Address = fd00:8::1000/128\n");
  });
});

describe("redactConfig", () => {
  test("hides both secrets and nothing else", () => {
    const shown = redactConfig(render({}));
    expect(shown).not.toContain(KEY("A"));
    expect(shown).not.toContain(KEY("C"));
    expect(shown).toContain(KEY("B"));
    expect(redactConfig(render({ privateKey: null }))).toContain("<the client's own private key>");
  });
});

describe("configProblems", () => {
  test("finds what wg-quick would not accept, and quotes no key", () => {
    expect(configProblems(facts)).toEqual([]);
    expect(configProblems({ ...facts, serverEndpoint: null })).toEqual([
      expect.stringContaining("WG_ENDPOINT"),
    ]);
    const broken = configProblems({
      ...facts,
      privateKey: "s3cret",
      presharedKey: "s3cret",
      interfacePublicKey: "x",
    });
    expect(broken).toHaveLength(3);
    expect(broken.join()).not.toContain("s3cret");
  });
});
