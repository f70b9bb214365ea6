/** WireGuard's key pairs: raw Curve25519 keys of 32 bytes. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { MismatchError } from "../../errors.ts";

const KEY_BYTES = 32;

/** The bytes before the raw key in a PKCS #8 private key for X25519 (RFC 8410, section 7). */
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");

/**
 * Returns the X25519 public key of a raw private key, in base64 as WireGuard writes it.
 * @throws MismatchError when the private key does not have 32 bytes.
 */
export function publicKeyOf(rawPrivate: Uint8Array): string {
  if (rawPrivate.length !== KEY_BYTES) {
    throw new MismatchError(`a private key has ${rawPrivate.length} bytes instead of ${KEY_BYTES}`);
  }
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_X25519, rawPrivate]),
    format: "der",
    type: "pkcs8",
  });
  // The DER form ends with the raw key.
  const der = createPublicKey(privateKey).export({ format: "der", type: "spki" });
  return der.subarray(-KEY_BYTES).toString("base64");
}

/** Turns 32 random bytes into a private key in place, as `wg genkey` does (clamping: RFC 7748, section 5). */
export function clampPrivateKey(bytes: Buffer): Buffer {
  bytes[0]! &= 248;
  bytes[31] = (bytes[31]! & 127) | 64;
  return bytes;
}
