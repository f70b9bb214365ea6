/**
 * Verifies, when everything was copied, that every statement of the dump read the relations that it meant. Names decide
 * what a statement reads, and locks on the tables keep everything but the names of their schemas. Only another schema of
 * that name at that moment can have given another relation. Then both schemas have new rows in pg_namespace afterwards,
 * even when they were renamed back, and the other relation is locked by the session that read it.
 */
import type { Catalog } from "../catalog/read.ts";
import type { RelationRow } from "../catalog/relation.ts";
import { namespaceNames } from "../catalog/namespace.ts";
import type { Connection } from "../pg/connection.ts";
import { replacedRelation } from "../pg/relation-names.ts";
import type { Plan } from "../plan/plan.ts";
import { qualify } from "../sql/ident.ts";
import { otherLocked } from "./held-locks.ts";

/** What a schema's row says of its last change, by oid. */
type SchemaVersions = ReadonlyMap<number, string>;

/**
 * Ends the transaction of the first connection, which holds the locks.
 * @throws ReplacedRelationError naming a relation that may have been another one.
 */
export async function confirmNames(
  connections: readonly Connection[],
  { catalog, plan }: { readonly catalog: Catalog; readonly plan: Plan },
): Promise<void> {
  if (plan.relations.length === 0) return;
  const [leader] = connections;
  const others = await Promise.all(
    connections.map((connection) => otherLocked(connection, plan.relations)),
  );
  const before = await schemaVersions(leader!);
  // Afterwards the rows of pg_namespace are read as they are now.
  await leader!.query("COMMIT");
  const now = await schemaVersions(leader!);
  const replaced = replaceable(catalog, plan, changedSchemas(before, now)).find(
    ({ row, isAmbiguous }) => isAmbiguous || others.some((names) => names.has(row.name)),
  );
  if (replaced === undefined) return;
  const { namespace, name } = replaced.row;
  const schema = namespaceNames(catalog.namespaces).get(namespace)!;
  throw replacedRelation(`table ${qualify(schema, name)}`);
}

async function schemaVersions(connection: Connection): Promise<SchemaVersions> {
  const rows = await connection.query<{ oid: number; version: string }>(
    "SELECT oid, xmin::pg_catalog.text AS version FROM pg_catalog.pg_namespace",
    { action: "check the schemas" },
  );
  return new Map(rows.map(({ oid, version }) => [oid, version]));
}

function changedSchemas(before: SchemaVersions, now: SchemaVersions): Set<number> {
  return new Set([...before.keys()].filter((oid) => before.get(oid) !== now.get(oid)));
}

interface Replaceable {
  readonly row: RelationRow;
  /** Whether a dumped relation of the same name is in another schema that changed. */
  readonly isAmbiguous: boolean;
}

/** The relations that were read by a name which may have stood for another one. Pure. */
function replaceable(
  { relations }: Catalog,
  plan: Plan,
  changed: ReadonlySet<number>,
): Replaceable[] {
  if (changed.size === 0) return [];
  const planned = new Set(plan.relations.map(({ oid }) => oid));
  const rows = relations.filter(
    ({ oid, kind, namespace }) => changed.has(namespace) && (planned.has(oid) || kind === "p"),
  );
  const counts = new Map<string, number>();
  for (const { name } of rows) counts.set(name, (counts.get(name) ?? 0) + 1);
  return rows.map((row) => ({ row, isAmbiguous: counts.get(row.name)! > 1 }));
}
