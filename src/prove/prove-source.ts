/** A proof of a database before it is dumped, so that a dump of hours does not end in an archive that is of no use. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dump } from "../dump/dump.ts";
import type { DumpOptions } from "../dump/options.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import type { ProveOptions, ProveResult } from "./options.ts";
import { prove } from "./prove.ts";
import { isSuperuserLogin } from "./source-login.ts";

/**
 * Dumps the schema with the same selection, restores it into a throwaway database, and removes both.
 * @throws whatever `dump` and `prove` throw; the `object` of an error names what cannot be dumped or restored.
 */
export async function proveSource(
  source: ConnectionSource,
  dumpOptions: DumpOptions,
  { into, signal, onProgress }: Omit<ProveOptions, "superuser"> = {},
): Promise<ProveResult> {
  const folder = await mkdtemp(join(tmpdir(), "nexushub-dump-"));
  try {
    const path = join(folder, "schema.tar.gz");
    // Masks, samples and signatures concern rows and the archive itself.
    const { schemas, excludeSchemas, tables, excludeTables, extensions, searchPath } = dumpOptions;
    await dump(source, path, {
      schemas,
      excludeSchemas,
      tables,
      excludeTables,
      extensions,
      searchPath,
      owner: dumpOptions.owner,
      privileges: dumpOptions.privileges,
      noTablespaces: dumpOptions.noTablespaces,
      noTableAccessMethod: dumpOptions.noTableAccessMethod,
      skipUnsupported: dumpOptions.skipUnsupported,
      lockTimeoutMs: dumpOptions.lockTimeoutMs,
      reproducible: dumpOptions.reproducible,
      schemaOnly: true,
      signal,
      onProgress,
    });
    const superuser = await isSuperuserLogin(source, signal);
    return await prove(path, { into, superuser, signal, onProgress });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
