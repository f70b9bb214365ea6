/** Facts of the archive that explain why a statement may fail, for the hints of errors. Pure. */
import type { Manifest } from "../../archive/format/manifest.ts";
import { listed } from "../../util/format.ts";

/**
 * The archive comes from a newer major than the target: it may hold something that the target does not know.
 * @param sourceNum `server_version_num` of the dumped server; null when the archive does not record it.
 */
export function olderServerNote(sourceNum: number | null, targetMajor: number): string | undefined {
  if (sourceNum === null) return undefined;
  const sourceMajor = Math.trunc(sourceNum / 10000);
  if (sourceMajor <= targetMajor) return undefined;
  return `the archive comes from PostgreSQL ${sourceMajor} and the target is the older ${targetMajor}: it may lack something that the archive uses`;
}

/** The dump left objects to extensions that may be missing now. */
export function leftOutNote(warnings: Manifest["warnings"]): string | undefined {
  const leftOut = warnings
    .filter(({ code }) => code === "manual-extension-member" || code === "extension-rows")
    .map(({ message }) => message);
  return leftOut.length === 0
    ? undefined
    : `the dump left out what may be needed: ${listed(leftOut)}`;
}
