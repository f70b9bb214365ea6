import { generateKeyPairSync, sign, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readSignKey, readVerifyKeys } from "../../../../src/archive/signing/ed25519-key.ts";

/** Made by OpenSSH 9.2; `passphrase` is protected by "secret". */
const keyFile = (name: string): string =>
  readFileSync(new URL(`keys/${name}`, import.meta.url), "utf8");

const MESSAGE = Buffer.from("an archive");

describe("keys of ssh-keygen", () => {
  test("the two halves belong together", () => {
    const signKey = readSignKey(keyFile("plain"));
    const [verifyKey] = readVerifyKeys(keyFile("plain.pub"));
    expect(signKey.id).toBe("28f388c087a08fb7");
    expect(verifyKey?.id).toBe(signKey.id);
    expect(verify(null, MESSAGE, verifyKey!.key, sign(null, MESSAGE, signKey.privateKey))).toBe(
      true,
    );
  });

  test("several public keys, comments and options, as in authorized_keys", () => {
    const line = keyFile("plain.pub").trim();
    const text = `# backup hosts\n\n${line}\r\nno-pty,command="x" ${line}\n`;
    expect(readVerifyKeys(text)).toHaveLength(2);
  });

  test.each([
    ["a passphrase", "passphrase", "passphrase"],
    ["another algorithm", "rsa", "not an Ed25519"],
    ["a public key in its place", "plain.pub", "not an Ed25519 private key"],
  ])("a private key with %s is refused", (_what, name, message) => {
    expect(() => readSignKey(keyFile(name))).toThrow(message);
  });

  test("a public key of another algorithm, a private one, or nothing is refused", () => {
    for (const text of [keyFile("rsa.pub"), keyFile("plain"), "", "# nothing\n", "ssh-ed25519"])
      expect(() => readVerifyKeys(text)).toThrow("not an Ed25519 public key");
  });

  test("a key file cut or changed anywhere is a usage error that quotes nothing of it", () => {
    const text = keyFile("plain");
    for (let length = 40; length < text.length - 40; length += 7) {
      const cut = `${text.slice(0, length)}\n-----END OPENSSH PRIVATE KEY-----\n`;
      expect(() => readSignKey(cut)).toThrow(
        expect.objectContaining({ code: "USAGE", message: expect.not.stringContaining("b3Bl") }),
      );
    }
  });
});

test("keys of openssl", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signKey = readSignKey(privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  const [verifyKey] = readVerifyKeys(publicKey.export({ type: "spki", format: "pem" }) as string);
  expect(verifyKey?.id).toBe(signKey.id);

  const other = generateKeyPairSync("x25519");
  const pem = other.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
  expect(() => readSignKey(pem)).toThrow("not an Ed25519 private key");
  const publicPem = other.publicKey.export({ type: "spki", format: "pem" }) as string;
  expect(() => readVerifyKeys(publicPem)).toThrow("not an Ed25519 public key");
});

test("a file that is too large to be a key is not looked at", () => {
  expect(() => readVerifyKeys("#".repeat(70_000))).toThrow("too large");
});
