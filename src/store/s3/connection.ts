/** The client of an address. One for each place and process: its connections are kept and shared. */
import {
  formatStoreAddress,
  parseStoreAddress,
  readingAddress,
  type StoreAddress,
} from "../address.ts";
import { RateLimit } from "../rate-limit.ts";
import { S3Bucket } from "./bucket.ts";
import { S3Client } from "./client.ts";
import { resolveSettings, type S3ConnectionOptions } from "./settings.ts";

/** An address, and the client that reaches it. */
export interface S3Location {
  readonly address: StoreAddress;
  readonly bucket: S3Bucket;
  /** Whether all parts of an upload must have one size. */
  readonly isEqual: boolean;
  /** The address of a key, without options for writing. */
  readonly addressOf: (key: string) => string;
}

const clients = new Map<string, Promise<Omit<S3Location, "address">>>();

/**
 * @param options of a caller, whose client is not shared.
 * @throws UsageError only when the address or a setting is not valid.
 */
export async function openLocation(
  text: string,
  options?: S3ConnectionOptions,
): Promise<S3Location> {
  const address = parseStoreAddress(text);
  if (options !== undefined) return { address, ...(await connect(address, options)) };
  const { lockDays: _days, lockMode: _mode, ...reached } = address.options;
  const id = formatStoreAddress({ bucket: address.bucket, key: "", options: reached });
  let client = clients.get(id);
  if (client === undefined) {
    client = connect(address);
    clients.set(id, client);
    // Settings may be right the next time.
    client.catch(() => clients.delete(id));
  }
  return { address, ...(await client) };
}

async function connect(
  address: StoreAddress,
  options?: S3ConnectionOptions,
): Promise<Omit<S3Location, "address">> {
  const settings = await resolveSettings(address, options);
  const { limitRate } = address.options;
  const limit = limitRate === undefined ? undefined : new RateLimit(limitRate);
  const addressOf = (key: string): string =>
    formatStoreAddress(readingAddress({ ...address, key }));
  return {
    bucket: new S3Bucket(new S3Client(settings, addressOf, limit)),
    isEqual: settings.endpoint.hostname.endsWith(".r2.cloudflarestorage.com"),
    addressOf,
  };
}
