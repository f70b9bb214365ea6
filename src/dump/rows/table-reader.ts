/**
 * Queries over tables before they are copied: for masks and samples. Each looks up first whether the schemas' names still
 * stand for the schemas of the snapshot, since what took a table's place must not be read: the tables are locked, and
 * nothing but the names of their schemas can change.
 */
import { namespaceNames } from "../../catalog/namespace.ts";
import type { Catalog } from "../../catalog/read.ts";
import type { Connection, PgQuery } from "../../pg/connection.ts";
import { isNameLost, replacedRelation, requireSchemas } from "../../pg/relation-names.ts";
import type { ErrorContext } from "../../pg/server-error.ts";
import { restrictedKinds, setLocal } from "../../pg/session.ts";
import type { DataRelation } from "../../plan/data-relations.ts";
import { qualify } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";

export interface TableReader {
  readonly query: PgQuery;
  /** The rows of one query, a few at a time. */
  rows<Row>(sql: string, context?: ErrorContext): AsyncGenerator<Row>;
  /** @param allowed whether the statements hold SQL of the user's, which may select from views. */
  allowingViews(allowed: boolean): TableReader;
}

/**
 * @param relations those that are dumped; partitioned tables may be read too.
 * @throws ReplacedRelationError from every method, when a schema's name stands for another one.
 */
export function tableReader(
  connection: Connection,
  catalog: Catalog,
  relations: readonly DataRelation[],
): TableReader {
  const guard = requireSchemas(readSchemas(catalog, relations));
  const settings = (restricted: boolean): string =>
    setLocal(restrictedKinds(catalog.version, restricted));
  const explained = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw isNameLost(error) ? await nameReplaced(connection, relations, error) : error;
    }
  };
  const reader = (viewsAllowed: boolean): TableReader => {
    const isRelaxed = viewsAllowed && settings(false) !== "";
    const before = isRelaxed ? `${guard}; ${settings(false)}` : guard;
    const restrict = async (): Promise<void> => {
      if (isRelaxed) await connection.query(settings(true));
    };
    return {
      async query<Row>(sql: string, context?: ErrorContext): Promise<Row[]> {
        const rows = await explained(connection.query<Row>(`${before}; ${sql}`, context));
        await restrict();
        return rows;
      },
      async *rows<Row>(sql: string, context?: ErrorContext): AsyncGenerator<Row> {
        await explained(connection.query(before, context));
        yield* connection.rows<Row>(sql, context);
        await restrict();
      },
      allowingViews: reader,
    };
  };
  return reader(false);
}

/** The schemas of the relations and of all partitioned tables, by oid. */
function readSchemas(catalog: Catalog, relations: readonly DataRelation[]): Map<number, string> {
  const read = new Set(relations.map(({ oid }) => oid));
  const names = namespaceNames(catalog.namespaces);
  return new Map(
    catalog.relations
      .filter(({ oid, kind }) => kind === "p" || read.has(oid))
      .map(({ namespace }) => [namespace, names.get(namespace)!]),
  );
}

/** Names a relation whose name stands for another one now. The transaction has failed and is given up. */
async function nameReplaced(
  connection: Connection,
  relations: readonly DataRelation[],
  cause: unknown,
): Promise<Error> {
  const list = relations.map(
    ({ namespace, name }, i) => `(${i}, ${quoteLiteral(qualify(namespace, name))})`,
  );
  await connection.query("ROLLBACK");
  const rows = await connection.query<{ i: number; oid: number | null }>(
    `SELECT i, pg_catalog.to_regclass(name)::pg_catalog.oid AS oid FROM (VALUES ${list.join(", ")}) AS r (i, name)`,
  );
  // When all have their names back, nobody can say which one it was.
  const { i } = rows.find((row) => row.oid !== relations[row.i]!.oid) ?? { i: 0 };
  const { namespace, name } = relations[i]!;
  return replacedRelation(`table ${qualify(namespace, name)}`, cause);
}
