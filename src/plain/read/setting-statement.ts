/** Statements of a plain dump that set something for the session. Pure. */
import type { Token } from "../../sql/tokens.ts";

type SettingFacts =
  | { readonly does: "set"; readonly name: string; readonly value: string }
  | { readonly does: "authorize" | "compress" }
  | { readonly does: "refused"; readonly why: string; readonly hint: string };

/**
 * Settings that no dump has, and under which rows are not checked, or the server loads what it should not. `SET` of them is refused.
 */
const REFUSED: ReadonlySet<string> = new Set([
  "allow_system_table_mods",
  "dynamic_library_path",
  "ignore_checksum_failure",
  "ignore_system_indexes",
  "local_preload_libraries",
  "session_preload_libraries",
  "session_replication_role",
  "zero_damaged_pages",
]);

/** @returns undefined for a statement that sets nothing. */
export function settingOf(tokens: readonly Token[]): SettingFacts | undefined {
  const words = tokens.map(({ value }) => value.toLowerCase());
  if (words[0] === "select") return configured(tokens);
  if (words[1] === "session" && words[2] === "authorization") return { does: "authorize" };
  if (words[0] === "reset") return { does: "set", name: words[1] ?? "", value: "default" };
  const at = words[1] === "session" || words[1] === "local" ? 2 : 1;
  const value = tokens
    .slice(at + 2)
    .filter((token) => token.value !== ";")
    .map((token) => token.value)
    .join("");
  return setting(words[at] ?? "", value);
}

/** `SELECT pg_catalog.set_config('name', 'value', false)`; a value that is computed is given as its text. */
function configured(tokens: readonly Token[]): SettingFacts | undefined {
  const at = tokens.findIndex(({ kind, value }) => kind === "word" && value === "set_config");
  if (at < 0) return undefined;
  const value = tokens.slice(at + 4).find(({ kind }) => kind === "string");
  return setting(tokens[at + 2]?.value.toLowerCase() ?? "", value?.value ?? "");
}

function setting(name: string, value: string): SettingFacts {
  if (name === "default_toast_compression") return { does: "compress" };
  if (!REFUSED.has(name)) return { does: "set", name, value };
  return {
    does: "refused",
    why: `SET ${name}`,
    hint: "pg_dump writes no such statement: find out who wrote the file",
  };
}
