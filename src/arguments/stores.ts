/** What the functions that wrap an archive in a store are called with, checked as by functions.ts. */
import type { withBase } from "../archive/base/with-base.ts";
import type { decryptArchive, encryptArchive } from "../archive/encryption/age.ts";
import type { s3Store } from "../archive/storage/s3-store.ts";
import { UsageError } from "../errors.ts";
import { isStoreAddress } from "../store/address.ts";
import { archiveArgument, rereadableArgument, targetArgument } from "./archive.ts";
import { checkCount, checkOptions } from "./check-options.ts";
import { describeValue } from "./describe-value.ts";
import { AGE_IDENTITIES, AGE_RECIPIENTS, S3_STORE_OPTIONS } from "./schemas.ts";

export function encryptArguments(args: readonly unknown[]): Parameters<typeof encryptArchive> {
  checkCount("encryptArchive", args.length, 2);
  const [target, options] = args;
  return [
    targetArgument("encryptArchive", target),
    checkOptions("encryptArchive", options, AGE_RECIPIENTS),
  ];
}

export function decryptArguments(args: readonly unknown[]): Parameters<typeof decryptArchive> {
  checkCount("decryptArchive", args.length, 2);
  const [archive, options] = args;
  return [
    archiveArgument("decryptArchive", archive),
    checkOptions("decryptArchive", options, AGE_IDENTITIES),
  ];
}

export function baseArguments(args: readonly unknown[]): Parameters<typeof withBase> {
  checkCount("withBase", args.length, 2);
  return [archiveArgument("withBase", args[0]), rereadableArgument("withBase", args[1])];
}

export function s3Arguments(args: readonly unknown[]): Parameters<typeof s3Store> {
  checkCount("s3Store", args.length, 2);
  const [address, options] = args;
  const text = address instanceof URL ? address.href : address;
  if (!isStoreAddress(text)) {
    throw new UsageError(
      `s3Store: the address is ${describeValue(address).text}, where that of an object belongs`,
      { hint: "write s3://bucket/prefix/name" },
    );
  }
  // Without options, connections are shared.
  if (options === undefined) return [text];
  return [text, checkOptions("s3Store", options, S3_STORE_OPTIONS)];
}
