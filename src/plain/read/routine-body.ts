/** SQL bodies of functions, in which a semicolon ends no statement of the dump. Pure. */

/**
 * Levels of BEGIN ATOMIC and CASE that END closes, after a word outside parentheses, as psql counts them.
 * @param words the first words of the statement.
 */
export function blocksAfter(word: string, words: readonly string[], blocks: number): number {
  if (!createsRoutine(words)) return blocks;
  if (word === "begin" || (word === "case" && blocks > 0)) return blocks + 1;
  return word === "end" && blocks > 0 ? blocks - 1 : blocks;
}

function createsRoutine(words: readonly string[]): boolean {
  if (words[0] !== "create") return false;
  const kind = words[1] === "or" && words[2] === "replace" ? words[3] : words[1];
  return kind === "function" || kind === "procedure";
}
