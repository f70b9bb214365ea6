/** What the functions that wrap an archive in a store are called with, checked as by functions.ts. */
import type { withBase } from "../archive/base/with-base.ts";
import type { decryptArchive, encryptArchive } from "../archive/encryption/age.ts";
import { archiveArgument, rereadableArgument, targetArgument } from "./archive.ts";
import { checkCount, checkOptions } from "./check-options.ts";
import { AGE_IDENTITIES, AGE_RECIPIENTS } from "./schemas.ts";

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
