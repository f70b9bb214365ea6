/**
 * The archive's instructions for a restore with PostgreSQL's own tools. Pure text from the manifest.
 */
import {
  OWNERSHIP_ENTRY,
  POST_DATA_ENTRY,
  PRE_DATA_ENTRY,
  RESTORE_SQL_ENTRY,
} from "../archive/format/entry-names.ts";
import { isOwnership } from "../archive/format/ownership.ts";
import type { ManifestHead } from "../archive/format/manifest.ts";
import { plural } from "../util/format.ts";

export function restoreReadme(head: ManifestHead): string {
  return `# Restoring this archive by hand

This is a dump of a PostgreSQL database, made by nexushub-dump ${head.tool.version}${origin(head)}.
Usually \`nexushub-dump restore FILE\` restores it, and verifies every byte.${head.base === null ? withPsql(head) : differential(head)}

The files:

- \`${PRE_DATA_ENTRY}\` creates schemas, types, functions and tables; \`${POST_DATA_ENTRY}\` creates indexes, constraints and triggers.
- \`data/NUMBER/PART.copy\` holds rows in the text format of COPY, in the encoding ${head.database.encoding}.
- \`manifest.json\` lists all objects, tables, row counts and SHA-256 sums.
${head.partial ? missing(head) : ""}`;
}

function origin({ database, createdAt }: ManifestHead): string {
  const facts = [
    ...(database.name === null ? [] : [`the database ${JSON.stringify(database.name)}`]),
    ...(database.serverVersion === null ? [] : [`PostgreSQL ${database.serverVersion}`]),
    ...(createdAt === null ? [] : [`taken at ${createdAt}`]),
  ];
  return facts.length === 0 ? "" : `: ${facts.join(", ")}`;
}

function withPsql({ database, roles, roleDefinitions, objects }: ManifestHead): string {
  const names = (list: readonly string[]): string =>
    list.length === 0
      ? "this archive names none"
      : `here: ${list.map((role) => JSON.stringify(role)).join(", ")}`;
  const ofOwnership = new Set(objects.filter(isOwnership).flatMap((object) => object.roles));
  const ofSchema = new Set(
    objects.filter((object) => !isOwnership(object)).flatMap((object) => object.roles),
  );
  const needed = roles.filter((role) => ofSchema.has(role) || !ofOwnership.has(role));
  const definitions =
    roleDefinitions === undefined
      ? ""
      : " What they were is in `roleDefinitions` of `manifest.json`;\n`nexushub-dump restore --roles` makes them.";
  const ownership = !objects.some(isOwnership)
    ? ""
    : ` Owners and privileges are in \`${OWNERSHIP_ENTRY}\`;
\`-v ownership=on\` runs it too, and then all roles must exist (${names(roles)}).`;
  return ` Without it, \`tar\` and \`psql\` are enough:

\`\`\`sh
mkdir extracted && tar -xf ARCHIVE -C extracted && cd extracted
createdb --encoding=${database.encoding} --template=template0 TARGET
psql -X -v ON_ERROR_STOP=1 -1 -d TARGET -f ${RESTORE_SQL_ENTRY}
\`\`\`

Everything happens in one transaction: after an error the target is as it was. Use the psql of the target's
version or a newer one. Roles are not part of a dump: first create those that the SQL names (${names(needed)}).${definitions}${ownership}`;
}

function differential({ base }: ManifestHead): string {
  const file = base?.fileName ?? null;
  return `
It is differential: most rows are in the full archive that it refers to${file === null ? "" : ` (${JSON.stringify(file)})`}.
Merge the two before you restore by hand: \`nexushub-dump merge FILE -o FULL\`.`;
}

function missing({ relations }: ManifestHead): string {
  const selected = relations.filter(
    ({ where, sample }) => where !== null || sample !== null,
  ).length;
  const masked = relations.filter((relation) => relation.masked.length > 0).length;
  const details = [
    ...(selected === 0 ? [] : [`of ${plural(selected, "table")} only selected rows were dumped`]),
    ...(masked === 0 ? [] : [`in ${plural(masked, "table")} values were replaced`]),
  ];
  const list = details.length === 0 ? "" : `: ${details.join(", and ")}`;
  return `
Not everything is here${list}. \`manifest.json\` has the details.
`;
}
