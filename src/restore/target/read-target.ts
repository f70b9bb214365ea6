/** Reads everything that a restore has to know of its target, in one go and before anything is changed. */
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import { forcedRowSecurity } from "../../pg/forced-row-security.ts";
import { forceRowSecurity, unforceRowSecurity } from "../../sql/row-security.ts";
import { setRole } from "../set-role.ts";
import { readRoles } from "./roles.ts";
import type { NeededFacts, SessionFacts, TargetFacts, TargetRelation } from "./facts.ts";
import {
  findExtensions,
  findMissingExtensions,
  findMissingRoles,
  findRelations,
  hasLz4,
  readContents,
  readFilledTables,
  readForeignKeys,
  readSession,
  readTriggers,
} from "./queries.ts";

/**
 * Must run inside the restore's transaction, with its search path already empty, so that the server qualifies the names
 * it gives. Statements run one after the other: the connection may be the caller's, or PGlite's only one.
 */
export async function readTarget(
  connection: Connection,
  version: ServerVersion,
  needed: NeededFacts,
): Promise<TargetFacts> {
  const session = await readSession(connection);
  const relations = await findRelations(connection, needed.relations);
  return {
    label: connection.label,
    version,
    session,
    hasLz4: !needed.lz4 || (await hasLz4(connection)),
    missingRoles: await findMissingRoles(connection, needed.roles),
    roles:
      needed.roleDefinitions === null
        ? null
        : await readRoles(connection, version, needed.roleDefinitions, needed.role),
    missingExtensions: await findMissingExtensions(connection, needed.extensions),
    extensions: await findExtensions(connection, needed.extensions),
    contents: needed.contents ? await readContents(connection, version, session, needed.role) : [],
    dependents: [],
    relations,
    foreignKeys: needed.rows ? await readForeignKeys(connection, version.major) : [],
    triggers: needed.triggers ? await readTriggers(connection, relations) : [],
    ...(needed.rows
      ? await readRowsAs(connection, session, needed.role, relations)
      : { filledTables: [], forcedRowSecurity: [] }),
  };
}

type RowFacts = Pick<TargetFacts, "filledTables" | "forcedRowSecurity">;

/** Rows are read as the role that will write them: the login alone may lack the privilege. */
async function readRowsAs(
  connection: Connection,
  session: SessionFacts,
  role: string | undefined,
  relations: readonly TargetRelation[],
): Promise<RowFacts> {
  if (role === undefined) return readRows(connection, relations);
  await setRole(connection, role);
  const facts = await readRows(connection, relations);
  // The restore's settings come first, and some need a superuser's login.
  await setRole(connection, session.role);
  return facts;
}

/** Policies that bind the owner are lifted for the question whether tables hold rows, and in force again afterwards. */
async function readRows(
  connection: Connection,
  relations: readonly TargetRelation[],
): Promise<RowFacts> {
  const forced = await forcedRowSecurity(
    (sql) => connection.query(sql),
    relations.map(({ oid }) => oid),
  );
  for (const table of forced) await connection.query(unforceRowSecurity(table));
  const filledTables = await readFilledTables(connection, relations);
  for (const table of forced) await connection.query(forceRowSecurity(table));
  return { filledTables, forcedRowSecurity: forced };
}
