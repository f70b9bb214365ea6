/** The error of writing to a name that is taken: archives in a folder are never replaced. */
import { OutputError } from "../errors.ts";

export function existsError(address: string, what: "file" | "object"): OutputError {
  return new OutputError(`cannot write ${address}: there is ${WHAT[what]} of this name already`, {
    object: address,
    hint: `choose another name: ${what}s are never replaced`,
  });
}

const WHAT = { file: "a file", object: "an object" };
