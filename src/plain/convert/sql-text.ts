/**
 * The SQL of a plain dump around its rows: what psql reads, in one file. Pure. It works in one transaction (`psql -1`) and
 * without one, as a container's init folder runs it.
 */
import type { ManifestHead, ManifestRelation } from "../../archive/format/manifest.ts";
import { ANY_BYTES, ofAnyBytes, PSQL_SETTINGS, setSequence } from "../../dump/psql-script.ts";
import type { Selection } from "../../restore/decide/selection.ts";
import { columnList, qualify } from "../../sql/ident.ts";
import { LARGE_OBJECT_STAGE, largeObjectLoadSql } from "../../sql/large-object-rows.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { ownPackage } from "../../util/package.ts";
import { DUMP_FOOTER, DUMP_HEADING } from "../dump-marks.ts";

/** The facts of an archive that the text needs. */
export type DumpFacts = Pick<ManifestHead, "database" | "options">;

/** What the statements and values were written under, besides what an archive's script for psql sets. */
const MORE_SETTINGS = `SET transform_null_equals = off;
SET array_nulls = on;
SET default_tablespace = '';
SET default_table_access_method = heap;
`;

/** What a plain dump begins with; `restrictKey` is null where commands of psql are not to be restricted. */
export function dumpHead({ database }: DumpFacts, restrictKey: string | null): string {
  const version = database.serverVersion;
  return [
    "--",
    DUMP_HEADING,
    "--",
    "",
    ...(restrictKey === null ? [] : [`\\restrict ${restrictKey}`, ""]),
    ...(version === null ? [] : [`-- Dumped from database version ${oneLine(version)}`]),
    `-- Dumped by nexushub-dump version ${ownPackage().version}`,
    "",
    PSQL_SETTINGS + MORE_SETTINGS,
  ].join("\n");
}

/** What a plain dump ends with. */
export function dumpEnd(restrictKey: string | null): string {
  const unrestrict = restrictKey === null ? "" : `\\unrestrict ${restrictKey}\n\n`;
  return `
--
${DUMP_FOOTER}
--

${unrestrict}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ");
}

/** The text around the rows of a relation, and around each part of them. */
export interface RelationText {
  readonly before: string;
  readonly beforePart: string;
  /** Ends with a newline, as rows do. */
  readonly afterPart: string;
  readonly after: string;
}

export function relationText(relation: ManifestRelation, facts: DumpFacts): RelationText {
  return relation.kind === "table"
    ? tableText(relation, facts)
    : largeObjectsText(relation, facts.options.dataOnly);
}

const END_OF_ROWS = "\\.\n";

function tableText(relation: ManifestRelation, { database }: DumpFacts): RelationText {
  const { namespace, name } = relation.loadThrough ?? relation;
  const columns = relation.columns.length === 0 ? "" : ` ${columnList(relation.columns)}`;
  return {
    before: `\nCOPY ${qualify(namespace, name)}${columns} FROM stdin${encodingOf(database.encoding)};\n`,
    beforePart: "",
    afterPart: "",
    after: END_OF_ROWS,
  };
}

/** Rows of another encoding than the statements; those of a SQL_ASCII database are of the target's. */
function encodingOf(encoding: string): string {
  return encoding === "UTF8" || encoding === ANY_BYTES
    ? ""
    : ` WITH (ENCODING ${quoteLiteral(encoding)})`;
}

/**
 * Large objects are loaded through a temporary table, because only a superuser may COPY into pg_largeobject. It is dropped
 * by name: without a transaction around the file it would not outlive the statement that creates it.
 * @param create whether no statement of the dump creates the objects.
 */
function largeObjectsText({ columns }: ManifestRelation, create: boolean): RelationText {
  const load = largeObjectLoadSql();
  const apply = [...(create ? [load.createMissing] : []), ...load.apply];
  return {
    before: `\n${load.createKept};\n`,
    beforePart: `COPY ${LARGE_OBJECT_STAGE} ${columnList(columns)} FROM stdin;\n`,
    afterPart: `${END_OF_ROWS}${apply.map((sql) => `${sql};\n`).join("")}`,
    after: `DROP TABLE ${LARGE_OBJECT_STAGE};\n`,
  };
}

/** Statements before and after all rows. */
export function aroundRows(facts: DumpFacts): { readonly before: string; readonly after: string } {
  const text = (encoding: string): string =>
    ofAnyBytes(facts, encoding)
      .map((line) => `\n${line}\n`)
      .join("");
  return {
    before: text("pg_catalog.current_setting('server_encoding')"),
    after: text("'UTF8'"),
  };
}

/** The positions of sequences. */
export function sequencePositions({ sequences }: Pick<Selection, "sequences">): string {
  return sequences.length === 0 ? "" : `\n${sequences.map(setSequence).join("\n")}\n`;
}
