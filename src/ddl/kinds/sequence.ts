/** Sequences: free ones, those owned by a column, and those that an identity column is made of. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import type { SequenceRow } from "../../catalog/sequence.ts";
import { quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";

const LIMITS: Readonly<Record<string, readonly [min: string, max: string]>> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};

/** The parameters, with bounds written only where they are not the type's own for the direction. */
function parameters(row: SequenceRow): string {
  const ascending = !row.increment.startsWith("-");
  const [typeMin, typeMax] = LIMITS[row.type] ?? ["", ""];
  const noMin = row.min === (ascending ? "1" : typeMin);
  const noMax = row.max === (ascending ? typeMax : "-1");
  return [
    `START WITH ${row.start}`,
    `INCREMENT BY ${row.increment}`,
    noMin ? "NO MINVALUE" : `MINVALUE ${row.min}`,
    noMax ? "NO MAXVALUE" : `MAXVALUE ${row.max}`,
    `CACHE ${row.cache}`,
    ...(row.cycle ? ["CYCLE"] : []),
  ].join("\n    ");
}

export function sequences(context: DdlContext): DumpableObject[] {
  const relations = relationLookup(context);
  return context.catalog.sequences
    .filter((row) => relations.isDumped(row.oid))
    .flatMap((row) => {
      const relation = relations.byOid.get(row.oid)!;
      const owner = row.ownerRelation === null ? undefined : relations.byOid.get(row.ownerRelation);
      const identity = row.ownerType === "i" && owner !== undefined;
      const sqlName = relations.sqlName(row.oid);
      const id = relationAddress(row.oid);
      const common = {
        namespace: context.namespace(relation.namespace),
        name: relation.name,
        section: "pre-data",
      } as const;
      const result: DumpableObject[] = [
        {
          id,
          kind: "sequence",
          addresses: [id, address(CATALOG.type, relation.rowType)],
          requires: identity ? [relationAddress(owner.oid)] : undefined,
          parent: identity ? relationAddress(owner.oid) : undefined,
          sql: () =>
            identity
              ? identityColumn(context, row, relation, owner)
              : [createSequence(row, relation, sqlName)],
          features: (
            identity
              ? persistenceChange(context, relation, owner) !== null
              : relation.persistence === "u"
          )
            ? [FEATURE.unloggedSequence]
            : undefined,
          target: `SEQUENCE ${sqlName}`,
          // A sequence that a column owns changes hands with the table.
          owner: owner === undefined ? relation.owner : undefined,
          privileges: {
            on: `SEQUENCE ${sqlName}`,
            acl: relation.acl,
            aclDefault: relation.aclDefault,
          },
          ...common,
        },
      ];
      if (owner !== undefined && !identity && relations.isDumped(owner.oid)) {
        result.push({
          id: `${id}#owned-by`,
          kind: "sequence-owner",
          addresses: [],
          requires: [id, relationAddress(owner.oid)],
          parent: id,
          sql: () => [
            `ALTER SEQUENCE ${sqlName} OWNED BY ${relations.sqlName(owner.oid)}.${quoteIdent(row.ownerColumn!)}`,
          ],
          ...common,
        });
      }
      return result;
    });
}

function createSequence(row: SequenceRow, relation: RelationRow, sqlName: string): string {
  const unlogged = relation.persistence === "u" ? "UNLOGGED " : "";
  const type = row.type === "bigint" ? "" : `\n    AS ${row.type}`;
  return `CREATE ${unlogged}SEQUENCE ${sqlName}${type}\n    ${parameters(row)}`;
}

function identityColumn(
  context: DdlContext,
  row: SequenceRow,
  relation: RelationRow,
  owner: RelationRow,
): string[] {
  const relations = relationLookup(context);
  const sqlName = relations.sqlName(row.oid);
  const column = relations.columns.get(owner.oid)?.find((c) => c.name === row.ownerColumn);
  const always = column?.identity === "a" ? "ALWAYS" : "BY DEFAULT";
  const kind = owner.kind === "f" ? "FOREIGN TABLE" : "TABLE";
  const change = persistenceChange(context, relation, owner);
  return [
    `ALTER ${kind} ${relations.sqlName(owner.oid)} ALTER COLUMN ${quoteIdent(row.ownerColumn!)} ADD GENERATED ${always} AS IDENTITY (\n    SEQUENCE NAME ${sqlName}\n    ${parameters(row)}\n)`,
    ...(change === null ? [] : [`ALTER SEQUENCE ${sqlName} SET ${change}`]),
  ];
}

/** The sequence of an identity column is created as durable as its table; ALTER SEQUENCE can have changed it since 15. */
function persistenceChange(
  { catalog }: DdlContext,
  sequence: RelationRow,
  table: RelationRow,
): "UNLOGGED" | "LOGGED" | null {
  if (catalog.version.major < 15 || sequence.persistence === table.persistence) return null;
  return sequence.persistence === "u" ? "UNLOGGED" : "LOGGED";
}
