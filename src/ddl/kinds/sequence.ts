/** Sequences: independent ones, those that a column owns, and those of identity columns. */
import { address, CATALOG } from "../../catalog/address.ts";
import type { ColumnRow } from "../../catalog/column.ts";
import type { RelationRow } from "../../catalog/relation.ts";
import type { SequenceRow } from "../../catalog/sequence.ts";
import { qualify, quoteIdent } from "../../sql/ident.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { relationAddress, relationLookup } from "../relation-lookup.ts";
import { FEATURE } from "../server-features.ts";
import { droppedDefault } from "./default.ts";

const LIMITS: Readonly<Record<string, readonly [min: string, max: string]>> = {
  smallint: ["-32768", "32767"],
  integer: ["-2147483648", "2147483647"],
  bigint: ["-9223372036854775808", "9223372036854775807"],
};

/** The parameters. Bounds that are the default of the type and direction are written as NO MINVALUE and NO MAXVALUE. */
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
      const sequence = relations.byOid.get(row.oid)!;
      const table = row.ownerRelation === null ? undefined : relations.byOid.get(row.ownerRelation);
      if (table !== undefined && row.ownerType === "i")
        return [identityObject(context, row, sequence, table)];
      const object = sequenceObject(context, row, sequence, table);
      return table !== undefined && relations.isDumped(table.oid)
        ? [object, ownedBy(context, row, sequence, table)]
        : [object];
    });
}

/** The fields that sequences of all kinds share. */
function sequenceFields(context: DdlContext, sequence: RelationRow) {
  const id = relationAddress(sequence.oid);
  const target = `SEQUENCE ${relationLookup(context).sqlName(sequence.oid)}`;
  return {
    id,
    kind: "sequence",
    namespace: context.namespace(sequence.namespace),
    name: sequence.name,
    section: "pre-data",
    addresses: [id, address(CATALOG.type, sequence.rowType)],
    target,
    privileges: {
      kind: "SEQUENCE",
      on: target,
      acl: sequence.acl,
      aclDefault: sequence.aclDefault,
    },
  } as const;
}

function sequenceObject(
  context: DdlContext,
  row: SequenceRow,
  sequence: RelationRow,
  table: RelationRow | undefined,
): DumpableObject {
  const isUnlogged = sequence.persistence === "u";
  const common = sequenceFields(context, sequence);
  const type = row.type === "bigint" ? "" : `\n    AS ${row.type}`;
  return {
    sql: () => [
      `CREATE ${isUnlogged ? "UNLOGGED " : ""}${common.target}${type}\n    ${parameters(row)}`,
    ],
    features: [
      ...(isUnlogged ? [FEATURE.unloggedSequence] : []),
      ...(row.typeOfSameName !== null ? [FEATURE.sequenceNamedLikeType] : []),
    ],
    // A sequence that a column owns gets the owner of the table.
    owner: table === undefined ? sequence.owner : undefined,
    ...common,
  };
}

function ownedBy(
  context: DdlContext,
  row: SequenceRow,
  sequence: RelationRow,
  table: RelationRow,
): DumpableObject {
  const { id, namespace, target } = sequenceFields(context, sequence);
  const column = `${relationLookup(context).sqlName(table.oid)}.${quoteIdent(row.ownerColumn!)}`;
  return {
    id: `${id}#owned-by`,
    kind: "sequence-owner",
    namespace,
    name: sequence.name,
    section: "pre-data",
    addresses: [],
    requires: [id, relationAddress(table.oid)],
    parent: id,
    sql: () => [`ALTER ${target} OWNED BY ${column}`],
  };
}

/** The sequence of an identity column, which ADD GENERATED … AS IDENTITY creates. */
function identityObject(
  context: DdlContext,
  row: SequenceRow,
  sequence: RelationRow,
  table: RelationRow,
): DumpableObject {
  const common = sequenceFields(context, sequence);
  const change = persistenceChange(context, sequence, table);
  const isNamedLikeType = row.typeOfSameName !== null;
  const column = identityColumn(context, row, table);
  return {
    requires: [
      relationAddress(table.oid),
      ...(column === undefined ? [] : droppedDefault(relationLookup(context), table, column)),
    ],
    parent: relationAddress(table.oid),
    sql: () => [
      ...(isNamedLikeType
        ? addRenamedIdentity(context, row, sequence, table)
        : [addIdentity(context, row, table)]),
      ...typeChange(context, row, table),
      ...(change === null ? [] : [`ALTER ${common.target} SET ${change}`]),
    ],
    features: [
      ...(change === null ? [] : [FEATURE.unloggedSequence]),
      ...(isNamedLikeType ? [FEATURE.sequenceNamedLikeType] : []),
    ],
    ...common,
  };
}

function identityColumn(
  context: DdlContext,
  row: SequenceRow,
  table: RelationRow,
): ColumnRow | undefined {
  const columns = relationLookup(context).columns.get(table.oid);
  return columns?.find(({ name }) => name === row.ownerColumn);
}

/**
 * The sequence is created with the column's type. That of a column that CREATE TABLE (LIKE … INCLUDING IDENTITY) copied has
 * its bounds, but is a bigint; a type that is changed alone changes the bounds.
 */
function typeChange(context: DdlContext, row: SequenceRow, table: RelationRow): string[] {
  const column = identityColumn(context, row, table);
  if (column === undefined || column.type === row.type || !(column.type in LIMITS)) return [];
  const sequence = relationLookup(context).sqlName(row.oid);
  return [`ALTER SEQUENCE ${sequence} AS ${row.type} MINVALUE ${row.min} MAXVALUE ${row.max}`];
}

/**
 * Its table can have columns of the type that has the sequence's name, so the type can come first. Then the sequence is
 * created under a free name: RENAME does not look at types (RenameRelationInternal, src/backend/commands/tablecmds.c).
 */
function addRenamedIdentity(
  context: DdlContext,
  row: SequenceRow,
  sequence: RelationRow,
  table: RelationRow,
): string[] {
  const { relations, types } = context.catalog;
  const taken = new Set(
    [...relations, ...types]
      .filter(({ namespace }) => namespace === sequence.namespace)
      .map(({ name }) => name),
  );
  let name = sequence.name;
  for (let n = 1; taken.has(name); n++) name = `identity_${n}`;
  const created = qualify(context.namespace(sequence.namespace), name);
  return [
    addIdentity(context, row, table, created),
    `ALTER SEQUENCE ${created} RENAME TO ${quoteIdent(sequence.name)}`,
  ];
}

/** @param name of the sequence that this creates, as SQL. */
function addIdentity(
  context: DdlContext,
  row: SequenceRow,
  table: RelationRow,
  name = relationLookup(context).sqlName(row.oid),
): string {
  const { sqlName } = relationLookup(context);
  const column = identityColumn(context, row, table);
  const always = column?.identity === "a" ? "ALWAYS" : "BY DEFAULT";
  const alter = `ALTER ${table.kind === "f" ? "FOREIGN " : ""}TABLE ${sqlName(table.oid)} ALTER COLUMN ${quoteIdent(row.ownerColumn!)}`;
  return `${alter} ADD GENERATED ${always} AS IDENTITY (\n    SEQUENCE NAME ${name}\n    ${parameters(row)}\n)`;
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
