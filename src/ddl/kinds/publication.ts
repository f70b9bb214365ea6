/**
 * CREATE PUBLICATION, and ALTER PUBLICATION … ADD for each table and schema, which avoids dependency cycles. Exceptions from all
 * tables cannot be added later.
 */
import { address, CATALOG } from "../../catalog/address.ts";
import type { PublicationRelationRow, PublicationRow } from "../../catalog/publication.ts";
import { columnList, qualify, quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import { groupBy } from "../../util/group-by.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { relationAddress } from "../relation-lookup.ts";
import { FEATURE, type ServerFeature } from "../server-features.ts";

/** `pubgencols` other than none (src/include/catalog/pg_publication.h). */
const GENERATED_COLUMNS: Readonly<Record<string, string>> = { s: "stored" };

export function publications(context: DdlContext): DumpableObject[] {
  const { catalog, isMember } = context;
  const names = new Map<number, string>();
  const exclusions = groupBy(
    catalog.publicationRelations.filter(({ isExcluded }) => isExcluded),
    ({ publication }) => publication,
  );
  const created = catalog.publications
    .filter((row) => !isMember(CATALOG.publication, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.publication, row.oid);
      const name = quoteIdent(row.name);
      names.set(row.oid, row.name);
      const excluded = exclusions.get(row.oid) ?? [];
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
        addresses: [id, ...excluded.map(({ oid }) => address(CATALOG.publicationRel, oid))],
        requires: excluded.map(({ relation }) => relationAddress(relation)),
        sql: () => [
          `CREATE PUBLICATION ${name}${published(row, excluded)} WITH (${options.join(", ")})`,
        ],
        features: publicationFeatures(row, excluded),
        target: `PUBLICATION ${name}`,
        owner: row.owner,
      };
    });
  return [...created, ...relations(context, names), ...schemas(context, names)];
}

/** ` FOR ALL TABLES EXCEPT (…), ALL SEQUENCES`; empty where tables and schemas are added one by one. */
function published(row: PublicationRow, excluded: readonly PublicationRelationRow[]): string {
  // Sorted, as the order in which they were named is not kept.
  const tables = excluded.map(({ namespace, name }) => `TABLE ONLY ${qualify(namespace, name)}`);
  const except = tables.length === 0 ? "" : ` EXCEPT (${tables.sort().join(", ")})`;
  const all = [
    ...(row.allTables ? [`ALL TABLES${except}`] : []),
    ...(row.allSequences ? ["ALL SEQUENCES"] : []),
  ];
  return all.length === 0 ? "" : ` FOR ${all.join(", ")}`;
}

function publicationFeatures(
  row: PublicationRow,
  excluded: readonly PublicationRelationRow[],
): ServerFeature[] | undefined {
  const features = [
    ...(GENERATED_COLUMNS[row.generatedColumns ?? "n"] !== undefined
      ? [FEATURE.publishedGeneratedColumns]
      : []),
    ...(row.allSequences ? [FEATURE.publishedSequences] : []),
    ...(excluded.length > 0 ? [FEATURE.publicationExceptions] : []),
  ];
  return features.length === 0 ? undefined : features;
}

function relations({ catalog }: DdlContext, names: ReadonlyMap<number, string>): DumpableObject[] {
  return catalog.publicationRelations
    .filter((row) => !row.isExcluded && names.has(row.publication))
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
