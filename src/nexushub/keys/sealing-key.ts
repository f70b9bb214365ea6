/** NexusHub's sealing key: PEER_KEY_ENCRYPTION_KEY, 32 bytes in standard base64. */
import { UsageError } from "../../errors.ts";

/** Name of the environment variable that holds the key. */
export const KEY_VARIABLE = "PEER_KEY_ENCRYPTION_KEY";

const KEY_BYTES = 32;

/**
 * Parses a key as the environment holds it.
 * @throws UsageError when it is not standard base64 of exactly 32 bytes. No message quotes the key.
 */
export function parseKey(base64: string): Buffer {
  const text = base64.trim();
  const bytes = Buffer.from(text, "base64");
  const hint = "create one with: openssl rand -base64 32";
  if (text === "") throw new UsageError(`${KEY_VARIABLE} is empty`, { hint });
  // Node skips characters that are not base64 and accepts the URL alphabet; only standard base64 survives a round trip.
  if (bytes.toString("base64") !== text)
    throw new UsageError(`${KEY_VARIABLE} is not standard base64`, { hint });
  if (bytes.length !== KEY_BYTES) {
    throw new UsageError(`${KEY_VARIABLE} holds ${bytes.length} bytes instead of ${KEY_BYTES}`, {
      hint,
    });
  }
  return bytes;
}
