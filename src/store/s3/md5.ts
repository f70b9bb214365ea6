/** MD5 digests of what is sent, for stores that check them. */
import { createHash, type Hash } from "node:crypto";

/** @returns null where the system allows no MD5 (FIPS). The store still checks the SHA-256 in the signature. */
export function newMd5(): Hash | null {
  try {
    return createHash("md5");
  } catch {
    return null;
  }
}

/** `Content-MD5` of a small body. */
export function md5Header(body: Buffer): Readonly<Record<string, string>> {
  const md5 = newMd5();
  return md5 === null ? {} : { "content-md5": md5.update(body).digest("base64") };
}
