/** Reads of what the types of the target consist. */
import type { Manifest } from "../archive/format/manifest.ts";
import { compositeColumns } from "../catalog/composite-type.ts";
import { domains } from "../catalog/domain.ts";
import { enumLabels } from "../catalog/enum-type.ts";
import { namespaces } from "../catalog/namespace.ts";
import type { CatalogQuery } from "../catalog/query.ts";
import { rangeTypes } from "../catalog/range-type.ts";
import { types } from "../catalog/type.ts";
import { type ValueType, type ValueTypes, valueTypes } from "../catalog/value-types.ts";
import type { ServerVersion } from "../catalog/version.ts";
import type { Connection } from "../pg/connection.ts";
import { qualify } from "../sql/ident.ts";
import { groupBy } from "../util/group-by.ts";
import type { TargetTable } from "./tables.ts";
import { archivedTypes, type TypeSides } from "./type-changes.ts";

/**
 * The types of both sides. Must run with an empty search path.
 * @returns undefined where the archive records none.
 */
export async function readTypeSides(
  connection: Connection,
  version: ServerVersion,
  manifest: Manifest,
  targets: readonly TargetTable[],
): Promise<TypeSides | undefined> {
  const types = archivedTypes(manifest);
  if (types === undefined) return undefined;
  const { names, archived } = types;
  const rowTypes = names.filter((name) => archived(name).attributes !== undefined);
  const target = await readTargetTypes(connection, version, targets, new Set(rowTypes));
  return { ...types, target };
}

/** @param rowTypes names of the tables whose row types can be those of values. */
async function readTargetTypes(
  connection: Connection,
  version: ServerVersion,
  targets: readonly TargetTable[],
  rowTypes: ReadonlySet<string>,
): Promise<ValueTypes> {
  const read = <Row>({ sql }: CatalogQuery<Row>): Promise<Row[]> =>
    connection.query<Row>(sql(version, false), { action: "read the types of the target" });
  const rows = {
    namespaces: await read(namespaces),
    types: await read(types),
    enumLabels: await read(enumLabels),
    domains: await read(domains),
    compositeColumns: await read(compositeColumns),
    rangeTypes: await read(rangeTypes),
  };
  const tables = targets.filter(({ namespace, name }) => rowTypes.has(qualify(namespace, name)));
  const columns = await readAttributes(connection, tables);
  return valueTypes(
    rows,
    tables.map(({ oid, namespace, name }) => ({
      namespace,
      name,
      attributes: () => columns.get(oid) ?? [],
    })),
  );
}

async function readAttributes(
  connection: Connection,
  tables: readonly TargetTable[],
): Promise<ReadonlyMap<number, NonNullable<ValueType["attributes"]>>> {
  if (tables.length === 0) return new Map();
  const rows = await connection.query<{ relation: number; name: string; type: string }>(
    `SELECT attrelid AS relation, attname AS name, pg_catalog.format_type(atttypid, atttypmod) AS type
     FROM pg_catalog.pg_attribute
     WHERE attrelid IN (${tables.map(({ oid }) => oid).join(", ")}) AND attnum > 0 AND NOT attisdropped
     ORDER BY attrelid, attnum`,
    { action: "read the types of the target" },
  );
  return groupBy(rows, ({ relation }) => relation);
}
