/** Errors of plain dumps that are not complete, or hold what is not run. Pure. */
import { requiredKeys } from "../archive/signing/signed-archive.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { ArchiveError, RefusedError } from "../errors.ts";
import { listed } from "../util/format.ts";
import type { PlainContents, PlainRefusal } from "./contents.ts";
import { requireComplete } from "./read/walk.ts";

/** @param refusals at least one. */
export function refusedDump(refusals: readonly PlainRefusal[]): ArchiveError {
  const [first] = refusals;
  const list = refusals.map(({ line, what }) => `${what} (line ${line})`);
  return new ArchiveError(
    `the dump holds what a restore does not run: ${listed(list)}`,
    { object: `line ${first!.line}`, hint: first!.hint },
    "ARCHIVE_UNSUPPORTED",
  );
}

/** @throws ArchiveError only when the dump is cut short, or holds what is not run. */
export function requireRestorable(contents: PlainContents): void {
  // What is refused may be the reason why nothing complete follows it.
  if (contents.refusals.length > 0) throw refusedDump(contents.refusals);
  requireComplete(contents);
}

/** @throws RefusedError (SIGNATURE) only when the file must be signed: a plain dump never is. */
export function requireUnsigned(dump: ArchiveOrigin): void {
  if (requiredKeys(dump) === undefined) return;
  throw new RefusedError("SIGNATURE", "the file is a plain dump, which is never signed", {
    hint: "name a signed archive, or leave out --verify-key if you know where the dump comes from",
  });
}
