/** Line ends of packed files: git's autocrlf changes them, and rows and statements would silently change with them. Pure. */
import { ArchiveError } from "../errors.ts";

export const GIT_ATTRIBUTES = ".gitattributes";
/** Diffs stay those of text. */
export const GIT_ATTRIBUTES_TEXT =
  "# Written by nexushub-dump pack: the files must stay as they are, byte for byte.\n* -text\n";

/** For a file that holds a carriage return where pack never writes one. */
export function convertedFile(file: string): ArchiveError {
  return new ArchiveError(`${file} has the line ends of Windows, which pack does not write`, {
    object: file,
    hint: "git converted them: commit the .gitattributes that pack writes, with * -text, and check the folder out again",
  });
}
