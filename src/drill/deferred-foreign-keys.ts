/**
 * Adds an archive's foreign keys to a database that was restored without them, one by one. Those that the rows do not
 * satisfy are added as NOT VALID, so that a probe can still count the rows.
 */
import type { Manifest, ManifestObject } from "../archive/format/manifest.ts";
import { uncheckedForeignKey } from "../ddl/unchecked-foreign-key.ts";
import { isNexushubDumpError, throwIfAborted } from "../errors.ts";
import { connect, type ConnectionSource } from "../pg/connect.ts";
import type { RefusedConstraint } from "./probe-constraints.ts";

export const isForeignKey = ({ kind }: ManifestObject): boolean => kind === "foreign-key";

export interface BrokenForeignKeys {
  /** Names of all that do not hold. */
  readonly names: readonly string[];
  /** Those of them that the server refused even as NOT VALID (on partitioned tables before PostgreSQL 18). */
  readonly refused: readonly RefusedConstraint[];
}

export async function addForeignKeys(
  source: ConnectionSource,
  { objects }: Manifest,
  signal: AbortSignal | undefined,
): Promise<BrokenForeignKeys> {
  const names: string[] = [];
  const refused: RefusedConstraint[] = [];
  const { connection } = await connect(source, { signal });
  /** Runs the statements in one transaction. @returns the message of the error; null when there was none. */
  const attempt = async (statements: readonly string[]): Promise<string | null> => {
    try {
      await connection.query(statements.join("; "));
      return null;
    } catch (error) {
      throwIfAborted(signal, "while the foreign keys were added");
      if (!isNexushubDumpError(error)) throw error;
      return error.message;
    }
  };
  try {
    await connection.query("SET search_path = ''");
    for (const object of objects.filter(isForeignKey)) {
      const problem = await attempt(object.statements);
      if (problem === null) continue;
      names.push(object.name);
      if ((await attempt(uncheckedForeignKey(object.statements))) !== null) {
        const table = objects.find(({ id }) => id === object.parent);
        refused.push({ name: object.name, table: table?.name ?? "", message: problem });
      }
    }
    return { names, refused };
  } finally {
    await connection.close();
  }
}
