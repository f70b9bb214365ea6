/** Reads what an archive holds, for the keys of templates and images. */
import type { Manifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";

export async function readFixtureManifest(archive: RereadableArchive): Promise<Manifest> {
  const reader = await openArchive(archive, { rows: false });
  await reader.close();
  return reader.manifest;
}
