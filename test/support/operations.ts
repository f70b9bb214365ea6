/** The commands of a document, to be pasted by tests as they stand. */
import { readFileSync } from "node:fs";

const DOCS = new URL("../../docs/", import.meta.url);

export interface PasteBlock {
  /** The heading above it. */
  readonly section: string;
  readonly text: string;
  /** What a comment right above it says of it: `compose`, `bare metal`, `needs age`, `not pasted`; empty without one. */
  readonly note: string;
}

/** All blocks of shell commands in docs/operations.md, in its order. */
export function operationsBlocks(): PasteBlock[] {
  return pasteBlocks("operations.md");
}

/** All blocks of shell commands in a file of docs/, in its order. */
export function pasteBlocks(document: string): PasteBlock[] {
  const text = readFileSync(new URL(document, DOCS), "utf8");
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
