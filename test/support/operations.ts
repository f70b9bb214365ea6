/** The commands of docs/operations.md, to be pasted by tests as they stand. */
import { readFileSync } from "node:fs";

const DOCUMENT = new URL("../../docs/operations.md", import.meta.url);

export interface PasteBlock {
  /** The heading above it. */
  readonly section: string;
  readonly text: string;
  /** What a comment right above it says of it, `compose`; empty without one. */
  readonly note: string;
}

/** All blocks of shell commands, in the document's order. */
export function operationsBlocks(): PasteBlock[] {
  const text = readFileSync(DOCUMENT, "utf8");
  const pieces =
    /^#+ (?<heading>.*)$|(?:<!-- (?<note>[^>]*) -->\n\n)?^```sh\n(?<code>[^]*?)^```$/gm;
  const blocks: PasteBlock[] = [];
  let section = "";
  for (const { groups = {} } of text.matchAll(pieces)) {
    const { heading, note = "", code } = groups;
    if (code === undefined) section = heading ?? section;
    else blocks.push({ section, text: code, note });
  }
  return blocks;
}

/** The blocks below one heading. */
export function blocksOf(section: string): PasteBlock[] {
  const found = operationsBlocks().filter((block) => block.section === section);
  if (found.length === 0) throw new Error(`docs/operations.md has no commands below "${section}"`);
  return found;
}
