/** CREATE PUBLICATION, and ALTER PUBLICATION … ADD for each table and schema, which avoids dependency cycles. */
import { address, CATALOG } from "../../catalog/address.ts";
import { columnList, qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE } from "../server-features.ts";

/** `pubgencols` other than none (src/include/catalog/pg_publication.h). */
const GENERATED_COLUMNS: Readonly<Record<string, string>> = { s: "stored" };

export function publications(context: DdlContext): DumpableObject[] {
  const { catalog, isMember } = context;
  const names = new Map<number, string>();
  const created = catalog.publications
    .filter((row) => !isMember(CATALOG.publication, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.publication, row.oid);
      const name = quoteIdent(row.name);
      names.set(row.oid, row.name);
      const generated = GENERATED_COLUMNS[row.generatedColumns ?? "n"];
      const options = [
        `publish = ${quoteLiteral(row.operations.join(", "))}`,
        ...(row.viaRoot ? ["publish_via_partition_root = true"] : []),
        ...(generated === undefined ? [] : [`publish_generated_columns = ${generated}`]),
      ];
      return {
        id,
        kind: "publication",
        namespace: null,
        name: row.name,
        section: "post-data",
        addresses: [id],
        sql: () => [
          `CREATE PUBLICATION ${name}${row.allTables ? " FOR ALL TABLES" : ""} WITH (${options.join(", ")})`,
        ],
        features: generated === undefined ? undefined : [FEATURE.publishedGeneratedColumns],
        target: `PUBLICATION ${name}`,
        owner: row.owner,
      };
    });
  return [...created, ...relations(context, names), ...schemas(context, names)];
}

function relations({ catalog }: DdlContext, names: ReadonlyMap<number, string>): DumpableObject[] {
  return catalog.publicationRelations
    .filter((row) => names.has(row.publication))
    .map((row): DumpableObject => {
      const id = address(CATALOG.publicationRel, row.oid);
      const publication = names.get(row.publication)!;
      return {
        id,
        kind: "publication-relation",
        namespace: row.namespace,
        name: `${publication} ${row.name}`,
        section: "post-data",
        addresses: [id],
        requires: [address(CATALOG.class, row.relation)],
        parent: address(CATALOG.publication, row.publication),
        features:
          row.columns === null && row.filter === null ? undefined : [FEATURE.publicationFilter],
        sql: () => [
          [
            `ALTER PUBLICATION ${quoteIdent(publication)} ADD TABLE ONLY ${qualify(row.namespace, row.name)}`,
            row.columns === null ? "" : ` ${columnList(row.columns)}`,
            row.filter === null ? "" : ` WHERE (${row.filter})`,
          ].join(""),
        ],
      };
    });
}

function schemas(
  { catalog, namespace }: DdlContext,
  names: ReadonlyMap<number, string>,
): DumpableObject[] {
  return catalog.publicationSchemas
    .filter((row) => names.has(row.publication))
    .map((row): DumpableObject => {
      const id = address(CATALOG.publicationNamespace, row.oid);
      const publication = names.get(row.publication)!;
      const schema = namespace(row.namespace);
      return {
        id,
        kind: "publication-schema",
        namespace: null,
        name: `${publication} ${schema}`,
        section: "post-data",
        addresses: [id],
        requires: [address(CATALOG.namespace, row.namespace)],
        parent: address(CATALOG.publication, row.publication),
        features: [FEATURE.publishedSchema],
        sql: () => [
          `ALTER PUBLICATION ${quoteIdent(publication)} ADD TABLES IN SCHEMA ${quoteIdent(schema)}`,
        ],
      };
    });
}
