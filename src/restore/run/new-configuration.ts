/** Makes room for the archive's rows in tables of extensions which the restore has just created. */
import type { Connection } from "../../pg/connection.ts";
import { inSavepoint } from "../../pg/savepoint.ts";
import { deleteConfiguration } from "../decide/configuration.ts";
import type { RestorePlan } from "../decide/plan.ts";
import { findExtensions } from "../target/queries.ts";

/**
 * insufficient_privilege: the role that made the extension need not own its tables.
 * foreign_key_violation: rows that the archive does not hold refer to them.
 */
const UNDELETABLE: ReadonlySet<string> = new Set(["42501", "23503"]);

/**
 * An extension's script can insert rows into tables whose rows a dump holds. The archive has what the user made of them.
 * What cannot be deleted stays.
 */
export async function deleteNewConfiguration(
  connection: Connection,
  { createdExtensions, rows }: Pick<RestorePlan, "createdExtensions" | "rows">,
): Promise<void> {
  if (createdExtensions.length === 0 || !rows.some(({ relation }) => relation.object === null))
    return;
  const relations = rows.map(({ relation }) => relation);
  const extensions = await findExtensions(connection, createdExtensions);
  for (const statement of deleteConfiguration(relations, extensions))
    await inSavepoint(
      connection,
      async () => {
        await connection.query(statement, { action: "prepare the tables", statement });
      },
      ({ sqlState = "" }) => UNDELETABLE.has(sqlState),
    );
}
