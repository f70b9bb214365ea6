/** The contents of a plain dump as text. Pure. */
import type { PlainContents } from "../plain/contents.ts";
import { qualify } from "../sql/ident.ts";
import { formatBytes, formatCount, formatTable, plural } from "../util/format.ts";

export function plainText(contents: PlainContents): string {
  const facts = [
    ["dump", `plain, ${contents.dumpedBy ?? "(program not recorded)"}, ${contents.compression}`],
    ["complete", contents.isComplete ? "yes" : "NO: it does not end as pg_dump ends a dump"],
    ["server", contents.serverVersion ?? "(not recorded)"],
    ["size", `${formatBytes(contents.fileBytes)}, ${formatBytes(contents.textBytes)} as text`],
    [
      "rows",
      `${formatCount(contents.rows)} in ${plural(contents.relations.length, "relation")}, ${plural(contents.sequences, "sequence")}`,
    ],
    [
      "objects",
      contents.objects.map(({ kind, count }) => `${formatCount(count)} ${kind}`).join(", ") ||
        "none",
    ],
    [
      "holds",
      `owners in ${plural(contents.owners, "statement")}, privileges in ${formatCount(contents.privileges)}`,
    ],
  ];
  const rows = contents.relations
    .toSorted((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1))
    .map(({ namespace, name, rows: count, bytes }) => [
      qualify(namespace, name),
      formatCount(count),
      formatBytes(bytes),
    ]);
  const refusals = contents.refusals.map(
    ({ line, what, hint }) => `not run by a restore: ${what} in line ${line}: ${hint}`,
  );
  return [
    ...facts.map(([name, value]) => `${name!.padEnd(9)} ${value!}`),
    "",
    formatTable(["relation", "rows", "as text"], rows, new Set([1, 2])),
    ...(refusals.length === 0 ? [] : ["", ...refusals]),
  ].join("\n");
}
