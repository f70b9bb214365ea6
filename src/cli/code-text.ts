/** The code in an archive as text. Pure. */
import { plural } from "../util/format.ts";
import { printableLine } from "../util/printable.ts";
import type { ArchiveCode, ArchiveCodeItem } from "../verify/code/archive-code.ts";

/** Characters of a statement that are shown. */
const SHOWN = 160;

const SIGNATURE: Readonly<Record<ArchiveCode["signature"], string>> = {
  verified: "signed by a required key",
  unverified: "signed, and nobody checked by whom (--verify-key checks it)",
  unsigned: "not signed: whoever could write the file may have written it",
};

export function codeText({ signature, unknown, code }: ArchiveCode): string {
  const inRestore = code.filter(({ runsAt }) => runsAt === "restore");
  const inUse = code.filter(({ runsAt }) => runsAt === "use");
  return [
    SIGNATURE[signature],
    "",
    ...section(
      `${plural(unknown.length, "statement")} that no dump writes`,
      unknown.map(({ object, statement }) => `${object}: ${shortened(statement)}`),
    ),
    ...section(
      `${plural(inRestore.length, "object")} can run code during a restore`,
      inRestore.map(itemText),
    ),
    ...section(`${plural(inUse.length, "object")} can run code when used`, inUse.map(itemText)),
  ]
    .join("\n")
    .trimEnd();
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0
    ? [title, ""]
    : [`${title}:`, ...lines.map((line) => `  ${printableLine(line)}`), ""];
}

function shortened(statement: string): string {
  const line = statement.slice(0, SHOWN).replaceAll(/\s+/g, " ");
  return statement.length > SHOWN ? `${line}…` : line;
}

function itemText({
  kind,
  object,
  language,
  isTrusted,
  isSecurityDefiner,
  calls,
}: ArchiveCodeItem): string {
  const part = object.startsWith(kind.replaceAll("-", " "))
    ? ""
    : `${kind.replaceAll("-", " ")} of `;
  return [
    `${part}${object}`,
    ...(language === null ? [] : [isTrusted === true ? language : `${language} (may do anything)`]),
    ...(isSecurityDefiner ? ["SECURITY DEFINER"] : []),
    ...(calls.length === 0 ? [] : [`calls ${calls.join(", ")}`]),
  ].join(", ");
}
