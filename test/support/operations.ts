/** The commands of docs/operations.md, to be pasted by tests as they stand. */
import { readFileSync } from "node:fs";

const DOCUMENT = new URL("../../docs/operations.md", import.meta.url);

export interface PasteBlock {
  /** The heading above it. */
  readonly section: string;
  readonly text: string;
  /** What a comment right above it says of it: `compose`, `bare metal`, `needs age`, `not pasted`; empty without one. */
  readonly note: string;
}

/** All blocks of shell commands, in the document's order. */
export function operationsBlocks(): PasteBlock[] {
  const text = readFileSync(DOCUMENT, "utf8");
  const pattern =
    /^#+ (?<heading>.*)$|(?:<!-- (?<note>[^>]*) -->\n\n)?^```sh\n(?<code>[^]*?)^```$/gm;
  const blocks: PasteBlock[] = [];
  let section = "";
  for (const { groups = {} } of text.matchAll(pattern)) {
    const { heading, note = "", code } = groups;
    if (code === undefined) section = heading ?? section;
    else blocks.push({ section, text: code, note });
  }
  return blocks;
}
