/** Finds the full archive that a differential one refers to, among archives that may be it. */
import {
  type ErrorFacts,
  isNexushubDumpError,
  type NexushubDumpError,
  RefusedError,
} from "../../errors.ts";
import type { Manifest } from "../format/manifest.ts";
import type { NearbyArchive } from "../storage/store.ts";

/** What a differential archive records of its base. */
export type BaseReference = NonNullable<Manifest["base"]>;

/**
 * The first that is the base, opened.
 * @param open gives undefined for an archive of another digest.
 * @throws RefusedError (BASE_MISSING) only when none of them is the base; AbortedError.
 */
export async function findBase<T>(
  base: BaseReference,
  candidates: readonly NearbyArchive[],
  open: (candidate: NearbyArchive) => Promise<T | undefined>,
): Promise<T> {
  let failure: NexushubDumpError | undefined;
  for (const candidate of candidates) {
    try {
      const opened = await open(candidate);
      if (opened !== undefined) return opened;
    } catch (error) {
      if (!isNexushubDumpError(error) || error.code === "ABORTED") throw error;
      failure ??= error;
    }
  }
  throw missingBase(base, failure);
}

function missingBase(
  { fileName, sha256, createdAt }: BaseReference,
  failure: (Error & ErrorFacts) | undefined,
): RefusedError {
  const name = fileName ?? `the archive with the digest ${sha256.slice(0, 16)}…`;
  const age = createdAt === null ? "" : `, taken ${createdAt}`;
  const why =
    failure === undefined ? "" : `; a file that may be it cannot be read: ${failure.message}`;
  return new RefusedError(
    "BASE_MISSING",
    `the archive is differential, and its base was not there: ${name}${age}${why}`,
    {
      object: name,
      hint: failure?.hint ?? "put the base beside the archive, or name it with --base",
      cause: failure,
    },
  );
}
