/**
 * Archives in object stores that speak S3, for applications: `nexushub-dump/s3`. On the command line, and wherever the library
 * takes a path, the address alone does (`s3://bucket/prefix/name`).
 */
import { lazyStore } from "./archive/storage/lazy-store.ts";
import type * as S3 from "./archive/storage/s3-store.ts";

/** @function */
export const s3Store: typeof S3.s3Store = (...args) =>
  lazyStore(async () => {
    const { s3Arguments } = await import("./arguments/stores.ts");
    return (await import("./archive/storage/s3-store.ts")).s3Store(...s3Arguments(args));
  });

export type { s3Store as S3StoreFunction, S3StoreOptions } from "./archive/storage/s3-store.ts";
export type { PathOrUrl } from "./util/path-text.ts";
export type {
  ArchiveSink,
  ArchiveSource,
  ArchiveStore,
  BaseHint,
  NearbyArchive,
} from "./archive/storage/store.ts";
export type { StoreAddressOptions } from "./store/address.ts";
export type { StoredObject, StoredRange } from "./store/folder.ts";
export type { S3CredentialProvider, S3Credentials } from "./store/s3/credentials.ts";
export type { S3ConnectionOptions } from "./store/s3/settings.ts";
