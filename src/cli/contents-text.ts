/** The contents of an archive as text. Pure. */
import type {
  ArchiveContents,
  RelationContents,
  RoleDefinitionContents,
} from "../archive/contents.ts";
import { qualify } from "../sql/ident.ts";
import { formatBytes, formatCount, formatTable, plural } from "../util/format.ts";

/** A table of the relations with rows, largest first, and a line that counts the empty ones. */
export function relationTable(relations: readonly RelationContents[]): string {
  const filled = relations
    .filter((relation) => relation.rows > 0)
    .sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
  const empty = relations.length - filled.length;
  const rows = filled.map((relation) => [
    relation.kind === "large-objects"
      ? "(large objects)"
      : qualify(relation.namespace, relation.name),
    formatCount(relation.rows),
    formatBytes(relation.bytes),
    formatBytes(relation.storedBytes),
    [
      ...(relation.partial ? ["some rows"] : []),
      ...(relation.masked.length > 0 ? [`masked: ${relation.masked.join(", ")}`] : []),
    ].join("; "),
  ]);
  const text = formatTable(["relation", "rows", "as text", "stored", ""], rows, new Set([1, 2, 3]));
  return empty === 0 ? text : `${text}\n${plural(empty, "more relation")} without rows`;
}

export function contentsText(contents: ArchiveContents): string {
  const { database } = contents;
  const facts = [
    ["archive", `format ${contents.format}, ${contents.tool}, ${contents.compression}`],
    ["taken", contents.createdAt ?? "(reproducible: not recorded)"],
    ["database", `${database.name ?? "(not recorded)"}, ${database.encoding}`],
    ["server", database.serverVersion ?? "(not recorded)"],
    [
      "size",
      `${contents.archiveBytes === undefined ? "unknown" : formatBytes(contents.archiveBytes)}, rows ${formatBytes(contents.bytes)} as text${contents.ratio === null ? "" : `, ${contents.ratio.toFixed(2)} to 1`}`,
    ],
    [
      "rows",
      `${formatCount(contents.rows)} in ${plural(contents.relations.length, "relation")}, ${plural(contents.sequences, "sequence")}`,
    ],
    [
      "objects",
      contents.objects.map((kind) => `${formatCount(kind.count)} ${kind.kind}`).join(", ") ||
        "none",
    ],
    ["holds", holdsText(contents)],
    ...baseText(contents),
    ["key", contents.hasKey ? "fingerprint recorded" : "no fingerprint recorded"],
  ];
  const lines = facts.map(([name, value]) => `${name!.padEnd(9)} ${value!}`);
  const roles = contents.roles.map(
    ({ name, owned, privileges }) =>
      `role ${name}: owns ${plural(owned, "object")}, privileges on ${formatCount(privileges)}`,
  );
  const definitions = contents.roleDefinitions.map(definitionText);
  const warnings = contents.warnings.map(({ message }) => `warning: ${message}`);
  return [
    ...lines,
    "",
    relationTable(contents.relations),
    ...(roles.length === 0 ? [] : ["", ...roles]),
    ...(definitions.length === 0 ? [] : ["", ...definitions]),
    ...(warnings.length === 0 ? [] : ["", ...warnings]),
  ].join("\n");
}

/** `restore --roles can make app: LOGIN CREATEDB; member of staff; with its password`. */
function definitionText({
  name,
  attributes,
  memberOf,
  hasPassword,
}: RoleDefinitionContents): string {
  const words = attributes.filter((each) => each !== "inherit").map((each) => each.toUpperCase());
  const facts = [
    [...(attributes.includes("inherit") ? [] : ["NOINHERIT"]), ...words].join(" ") ||
      "no attributes",
    ...(memberOf.length === 0 ? [] : [`member of ${memberOf.join(", ")}`]),
    ...(hasPassword ? ["with its password"] : []),
  ];
  return `restore --roles can make ${name}: ${facts.join("; ")}`;
}

function baseText({ base, baseRows }: ArchiveContents): [string, string][] {
  if (base === null) return [];
  const name = base.fileName ?? `the archive with the digest ${base.sha256}`;
  const age = base.createdAt === null ? "" : `, taken ${base.createdAt}`;
  return [["base", `DIFFERENTIAL: ${formatCount(baseRows)} of the rows are in ${name}${age}`]];
}

/** Whether the archive is a part of its database, and what it says of roles: what a restore can bring back. */
function holdsText({ partial, selection, owner, privileges }: ArchiveContents): string {
  const part =
    selection.length === 0
      ? "objects, rows or values are missing or replaced"
      : selection.map(({ option, pattern }) => `--${option} ${pattern}`.trimEnd()).join(" ");
  const roles =
    owner && privileges
      ? "owners and privileges"
      : owner
        ? "owners, no privileges"
        : privileges
          ? "privileges, no owners"
          : "no owners or privileges";
  return `${partial ? `PARTIAL: ${part}` : "the whole database"}; ${roles}`;
}
