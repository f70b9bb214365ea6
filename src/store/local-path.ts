/** Paths of files that are read by other programs on this machine, and so are no objects of a store. */
import { UsageError } from "../errors.ts";
import { isStoreAddress } from "./address.ts";

/**
 * @param what is written, with its verb: `the report is`.
 * @throws UsageError only for the address of an object store: it would be taken for a path here.
 */
export function requireLocalPath(path: string, what: string): void {
  if (!isStoreAddress(path)) return;
  throw new UsageError(`${what} written to a file of this machine, not to an object store`, {
    object: path,
    hint: "name a file here, and copy it with the store's own tools",
  });
}
