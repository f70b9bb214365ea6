/** A proof of a database before it is dumped, so that a dump of hours does not end in an archive that is of no use. */
import { join } from "node:path";
import { dump } from "../dump/dump.ts";
import type { DumpOptions } from "../dump/options.ts";
import type { ConnectionSource } from "../pg/connect.ts";
import { createTemporaryFolder, removeTemporaryFolder } from "../util/temp-file.ts";
import type { ProveOptions, ProveResult } from "./options.ts";
import { prove } from "./prove.ts";
import { isSuperuserLogin } from "./source-login.ts";

/** Options that concern rows, or the archive itself. */
const WITHOUT_ROWS = {
  sections: undefined,
  where: undefined,
  mask: undefined,
  masksFrom: undefined,
  sample: undefined,
  units: undefined,
  reuse: undefined,
  seal: undefined,
  signKey: undefined,
} satisfies DumpOptions;

/**
 * Dumps the schema with the same selection, restores it into a throwaway database, and removes both.
 * @throws whatever `dump` and `prove` throw; the `object` of an error names what cannot be dumped or restored.
 */
export async function proveSource(
  source: ConnectionSource,
  dumpOptions: DumpOptions,
  { into, signal, onProgress }: Omit<ProveOptions, "superuser"> = {},
): Promise<ProveResult> {
  const folder = await createTemporaryFolder();
  try {
    const path = join(folder, "schema.tar.gz");
    await dump(source, path, {
      ...dumpOptions,
      ...WITHOUT_ROWS,
      schemaOnly: true,
      dataOnly: false,
      signal,
      onProgress,
    });
    const superuser = await isSuperuserLogin(source, dumpOptions.role, signal);
    return await prove(path, { into, superuser, signal, onProgress });
  } finally {
    await removeTemporaryFolder(folder);
  }
}
