/** An archive in an object store. What talks to the store is loaded when the archive is opened. */
import { type StoreAddressOptions, withStoreOptions } from "../../store/address.ts";
import type { S3ConnectionOptions } from "../../store/s3/settings.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";
import { nearbyObjects } from "../base/nearby-objects.ts";
import type { ArchiveStore } from "./store.ts";

/** Options of `s3Store`. Those that are missing come from the address, the environment and the shared files of AWS. */
export interface S3StoreOptions
  extends S3ConnectionOptions, Pick<StoreAddressOptions, "limitRate" | "lockDays" | "lockMode"> {}

/**
 * One archive in an object store, to write, to read or both: `s3Store("s3://bucket/prefix/name.tar.gz")`. An object that is
 * there is never replaced. Keys are never part of the address.
 */
export function s3Store(address: PathOrUrl, options?: S3StoreOptions): ArchiveStore {
  const { limitRate, lockDays, lockMode, ...connection } = options ?? {};
  const target = withStoreOptions(pathText(address), { limitRate, lockDays, lockMode });
  // Without options of the caller's, connections are shared.
  const ofCaller = options === undefined ? undefined : connection;
  const object = async () => {
    const { openS3Object } = await import("../../store/s3/s3-object.ts");
    return openS3Object(target, ofCaller);
  };
  return {
    create: async () => (await object()).create(),
    open: async () => ({
      ...(await (await object()).open()),
      nearby: async (base) =>
        (await nearbyObjects(pathText(address), base, ofCaller)).map((each) =>
          s3Store(each, options),
        ),
    }),
  };
}
