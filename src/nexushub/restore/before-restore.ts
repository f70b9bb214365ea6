/** Names of the dumps that restores make of what they overwrite, and which of them stay. Pure. */
import { createHash } from "node:crypto";
import { databaseNameOf } from "../backup-folder/database-identity.ts";

/** Dumps of a database that stay in a folder, the new one included. */
export const KEPT = 3;

export interface DumpBeforeRestore {
  /** Of the database that is overwritten, as `readDatabaseIdentity` gives it. */
  readonly identity: string;
  readonly at: Date;
  readonly encrypted: boolean;
}

/** Not the name of a backup, so that retention neither counts nor removes it. */
export function beforeRestoreName({ identity, at, encrypted }: DumpBeforeRestore): string {
  const stamp = at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "");
  return `${prefixOf(identity)}${stamp}Z.tar.gz${encrypted ? ".age" : ""}`;
}

/** The digits tell databases of one name on different servers apart. */
function prefixOf(identity: string): string {
  const name = databaseNameOf(identity).replaceAll(/[^\w.-]/g, "_");
  const digits = createHash("sha256").update(identity).digest("hex").slice(0, 8);
  return `before-restore-${name}-${digits}-`;
}

/** After the prefix. Only whole names count: a folder may hold files that begin alike. */
const REST = /^(\d{8}T\d{6})Z\.tar\.gz(?:\.age)?$/;

/**
 * The dumps of the same database that the new one makes superfluous: all but the newest, which are `KEPT` with the new one.
 * @param files the names in the folder.
 */
export function supersededDumps(files: readonly string[], dump: DumpBeforeRestore): string[] {
  const prefix = prefixOf(dump.identity);
  const latest = beforeRestoreName(dump);
  const stampOf = (name: string): string | undefined =>
    name.startsWith(prefix) ? REST.exec(name.slice(prefix.length))?.[1] : undefined;
  return files
    .filter((name) => name !== latest && stampOf(name) !== undefined)
    .toSorted((a, b) => (stampOf(a)! < stampOf(b)! ? 1 : -1))
    .slice(KEPT - 1);
}
