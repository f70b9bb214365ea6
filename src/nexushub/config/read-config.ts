/** Reads a configuration file. */
import { readFile } from "node:fs/promises";
import { unreadableFile } from "../../util/text-file.ts";
import type { Config } from "./schema.ts";

/** The file that is read when none is named, if it is there. */
export const CONFIG_FILE = "/etc/nexushub/dump.toml";

/** A configuration, with its text for errors that name lines. */
export interface ReadConfig {
  readonly path: string;
  readonly text: string;
  readonly config: Config;
}

/**
 * Reads the file; null when none is named and the default one is not there.
 * @throws UsageError when it cannot be read or is not valid.
 */
export async function readConfig(path: string | undefined): Promise<ReadConfig | null> {
  const file = path ?? CONFIG_FILE;
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (path === undefined && (code === "ENOENT" || code === "ENOTDIR")) return null;
    throw unreadableFile(file, "the configuration", cause);
  }
  // Most commands find no file, and need nothing of this then.
  const { parseConfig } = await import("./parse-config.ts");
  return { path: file, text, config: parseConfig(text, file) };
}
