/** Opens an archive for a restore; of a damaged one, what is intact, if that is asked for. */
import { type ArchiveReader, openArchive } from "../archive/reader.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { verifyEntries } from "../archive/verify-entries.ts";
import { withManifest } from "../archive/with-manifest.ts";
import type { Warning } from "../warnings.ts";
import {
  type LostPart,
  type LostRows,
  looseForeignKeys,
  reportLost,
  withoutParts,
} from "./decide/lost-rows.ts";
import type { RestoreSettings } from "./defaults.ts";

export interface OpenedForRestore {
  readonly reader: ArchiveReader;
  readonly settings: RestoreSettings;
  readonly lost: readonly LostRows[];
  readonly warnings: readonly Warning[];
}

/**
 * The archive, and the settings of a restore of it. With `skipDamaged` every part is read first, and those that cannot be
 * are left out of the manifest: what follows is the restore of an archive that never had them.
 * @throws ArchiveError when the manifest is damaged, which nothing can be restored without.
 */
export async function openForRestore(
  archive: ArchiveOrigin,
  settings: RestoreSettings,
): Promise<OpenedForRestore> {
  const { signal, onProgress } = settings;
  const reader = await openArchive(archive, { signal, rows: !settings.schemaOnly });
  if (!settings.skipDamaged) return { reader, settings, lost: [], warnings: [] };
  try {
    onProgress?.({ type: "phase", phase: "check" });
    return withoutDamage(reader, settings, await unreadableParts(reader, settings));
  } catch (error) {
    await reader.close();
    throw error;
  }
}

async function unreadableParts(
  reader: ArchiveReader,
  { signal }: RestoreSettings,
): Promise<LostPart[]> {
  const { damaged } = await verifyEntries(reader, { signal });
  return damaged.flatMap(({ rows, message }) =>
    rows === undefined ? [] : [{ ...rows, reason: message }],
  );
}

function withoutDamage(
  reader: ArchiveReader,
  settings: RestoreSettings,
  unreadable: readonly LostPart[],
): OpenedForRestore {
  if (unreadable.length === 0) return { reader, settings, lost: [], warnings: [] };
  const { manifest } = reader;
  const parts = new Set(unreadable.map(({ part }) => part));
  const { objects, leftOut, warnings } = looseForeignKeys(manifest, unreadable);
  const relations = manifest.relations.map((relation) => withoutParts(relation, parts));
  const { lost, warnings: lostWarnings } = reportLost(unreadable);
  const { leaveOut } = settings;
  return {
    reader: withManifest(reader, { ...manifest, objects, relations }),
    settings: {
      ...settings,
      leaveOut: (object) => leftOut.has(object.id) || leaveOut?.(object) === true,
    },
    lost,
    warnings: [...lostWarnings, ...warnings],
  };
}
