/** What the placeholder of a value stands for, so that a shell completes paths where paths are meant. */

const FILES: ReadonlySet<string> = new Set([
  "a",
  "archive",
  "b",
  "base",
  "dump",
  "file",
  "file or dir",
  "from",
  "path",
  "to",
]);

const FOLDERS: ReadonlySet<string> = new Set(["dir", "folder"]);

/** Placeholders of values that are no paths. Here so that a new one is a decision: a test knows all of them. */
export const TEXTS: ReadonlySet<string> = new Set([
  "age",
  "bytes",
  "command",
  "id",
  "method",
  "ms",
  "n",
  "name",
  "options",
  "pattern",
  "rate",
  "recipient",
  "rules",
  "table.column: expression",
  "table: condition",
  "table: rows",
  "text",
  "time",
  "url",
  "when",
]);

export function placeholderKind(placeholder: string): "file" | "folder" | "text" {
  if (FILES.has(placeholder)) return "file";
  return FOLDERS.has(placeholder) ? "folder" : "text";
}
