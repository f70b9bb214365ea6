/** Types of values that this entry's functions take, beside those of the library. The message completes "must be …". */
import { types } from "node:util";
import { z } from "zod";
import type { VerifyKey } from "../../archive/signing/ed25519-key.ts";
import type { OptionTypes } from "../../arguments/check-options.ts";
import { callback, list, objectOf, objectWith, oneOf, text } from "../../arguments/option-types.ts";
import type { SealedColumn } from "../keys/sealed-value.ts";

/** Also one of another realm, such as that of a test runner. */
export const date = z.custom<Date>(
  (value) => types.isDate(value) && !Number.isNaN(value.getTime()),
  "a valid Date",
);
export const clock = callback<() => Date>();
export const number = z.number({ error: "a number" });

const isBytes = (value: unknown): value is Uint8Array => types.isUint8Array(value);

export const bytes = z.custom<Uint8Array>(isBytes, "a Uint8Array");

function bytesOf(length: number) {
  return z.custom<Uint8Array>(
    (value) => isBytes(value) && value.length === length,
    `a Uint8Array of ${length} bytes`,
  );
}

export const sealingKey = bytesOf(32);
export const nonce = bytesOf(12);
export const hexDigits = z
  .string({ error: "a text" })
  .regex(/^(?:[0-9a-f]{2})+$/i, "bytes in hexadecimal digits");

export const sealedColumn = oneOf([
  "users.totp_secret",
  "wg_interfaces.private_key",
  "wg_peers.private_key",
  "wg_peer_preshared_keys.preshared_key",
] satisfies [SealedColumn, ...SealedColumn[]]);

const VERIFY_KEYS = "an array of the keys that readVerifyKeys returned";
/** Without keys nothing would be required. */
export const verifyKeys = list(
  objectWith<VerifyKey>(["id", "key"], "what readVerifyKeys returned"),
  "the keys that readVerifyKeys returned",
).min(1, VERIFY_KEYS);

export const command = list(text, "words").min(1, "an array with the words of a command");

/** An object of options as the value of another option; all may be left out. */
export function optionsObject<Options extends object>(of: OptionTypes<Options>) {
  const shape = Object.entries<z.ZodType>(of).map(([name, type]) => [name, type.optional()]);
  return objectOf(
    Object.fromEntries(shape) as Record<string, z.ZodType>,
    `an object with any of ${Object.keys(of).join(", ")}`,
  ) as unknown as z.ZodType<Options>;
}
