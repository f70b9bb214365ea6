/** What the text of a configuration says. Errors name the file and the line. Pure. */
import { parse, TomlError } from "smol-toml";
import { UsageError } from "../../errors.ts";
import { type Config, configSchema } from "./schema.ts";

/** No configuration is longer. */
const MOST_CHARACTERS = 256 * 1024;

/** @throws UsageError for the first problem, with its line. */
export function parseConfig(text: string, path: string): Config {
  if (text.length > MOST_CHARACTERS)
    throw new UsageError(`${path} is too long to be a configuration`, { object: path });
  let values: unknown;
  try {
    values = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]!.replace(/^Invalid TOML document: /, "");
    throw configError(path, error.line, reason);
  }
  const result = configSchema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const keys = issue!.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [];
  const setting = [...issue!.path.map(String), ...keys];
  const reason = keys.length > 0 ? "there is no such setting" : issue!.message;
  throw configError(path, lineOf(text, setting), `${setting.join(".")}: ${reason}`);
}

/** An error in a line of a configuration. */
export function configError(path: string, line: number | null, reason: string): UsageError {
  const where = line === null ? path : `${path}, line ${line}`;
  return new UsageError(`${where}: ${reason}`, {
    object: path,
    hint: "nexushub-dump config init shows all settings, config check checks the file",
  });
}

/** The line of a setting, from 1; null when it is not written in the usual way. */
export function lineOf(text: string, path: readonly string[]): number | null {
  const [table, key] = path.length > 1 ? [path[0]!, path[1]!] : ["", path[0] ?? ""];
  let current = "";
  for (const [index, line] of text.split("\n").entries()) {
    const [, header] = /^\s*\[+\s*["']?([\w-]+)["']?\s*\]+/.exec(line) ?? [];
    if (header !== undefined) {
      current = header;
      if (path.length === 1 && header === key) return index + 1;
      continue;
    }
    const [, name] = /^\s*["']?([\w-]+)["']?\s*[.=]/.exec(line) ?? [];
    if (current === table && name === key) return index + 1;
  }
  return null;
}
