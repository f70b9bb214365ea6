/** Paths as users of the library give them: as text or as `URL`. */
import { fileURLToPath } from "node:url";

/** A path, or the address of an object store (`s3://bucket/prefix`) where one is taken; as text or as `URL` (`file:`, `s3:`). */
export type PathOrUrl = string | URL;

/** The same as text. @throws TypeError only for a `file:` URL that names no local file. */
export function pathText(path: PathOrUrl): string {
  if (typeof path === "string") return path;
  return path.protocol === "file:" ? fileURLToPath(path) : path.href;
}
