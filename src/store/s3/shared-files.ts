/**
 * The shared files of AWS's tools: `~/.aws/credentials` and `~/.aws/config` (AWS SDKs and Tools Reference Guide, "Shared config
 * and credentials files"). Parsing is pure.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";

/** Settings of a profile, by their names in lower case. */
export type Profile = Readonly<Record<string, string>>;

/** Sections of a file. Settings of a nested section (indented lines) are left out. */
export function parseSharedFile(text: string): ReadonlyMap<string, Profile> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line) || /^\s/.test(line)) continue;
    const header = /^\[([^\]]+)\]/.exec(line);
    if (header !== null) {
      const name = header[1]!.trim().replace(/^profile\s+/, "");
      current = sections.get(name) ?? {};
      sections.set(name, current);
      continue;
    }
    const equals = line.indexOf("=");
    if (current === undefined || equals < 0) continue;
    const value = line.slice(equals + 1).replace(/\s[#;].*$/, "");
    current[line.slice(0, equals).trim().toLowerCase()] = value.trim();
  }
  return sections;
}

/**
 * The settings of a profile from both files; those of the credentials file count more.
 * @throws UsageError only when the profile was named and is in neither file.
 */
export async function readProfile(
  name: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Profile> {
  const profile = name ?? env["AWS_PROFILE"] ?? "default";
  const folder = join(env["HOME"] ?? homedir(), ".aws");
  const files = [
    env["AWS_CONFIG_FILE"] ?? join(folder, "config"),
    env["AWS_SHARED_CREDENTIALS_FILE"] ?? join(folder, "credentials"),
  ];
  const sections: (Profile | undefined)[] = [];
  for (const file of files) {
    const text = await readFile(file, "utf8").catch(() => "");
    sections.push(parseSharedFile(text).get(profile));
  }
  if (sections.every((section) => section === undefined) && profile !== "default") {
    throw new UsageError(`there is no profile ${profile} in the shared files of AWS`, {
      object: profile,
      hint: `it was looked for in ${files.join(" and ")}`,
    });
  }
  return { ...sections[0], ...sections[1] };
}
