/** What a dump reuses of an earlier archive: decided before the first byte is written. */
import type { ArchiveReader } from "../../archive/reader.ts";
import type { ManifestServer } from "../../archive/format/manifest.ts";
import type { ArchiveWriter } from "../../archive/writer.ts";
import type { DumpSettings } from "../defaults.ts";
import { planRunsCode } from "../planned-code.ts";
import type { PreparedDump } from "../prepare.ts";
import type { SelectedRelation } from "../rows/selected-relation.ts";
import { type EarlierArchive, partNumbers, usableArchive } from "./earlier-archive.ts";
import type { FullReadReason } from "./full-read-reason.ts";
import { planUnits, type TablePlan } from "./plan-units.ts";

export interface ReusePlan {
  /** In the order of the plan's relations. */
  readonly tables: readonly TablePlan[];
  /** The number in the names of each relation's entries; that of the large objects comes last. */
  readonly numbers: readonly number[];
  /** Null without an earlier archive, or when nothing of it can be reused. */
  readonly earlier: EarlierArchive | null;
  /** Why nothing of the earlier archive can be reused; null when tables are compared, and without one. */
  readonly refused: FullReadReason | null;
}

export interface ReuseInput {
  readonly settings: DumpSettings;
  readonly server: ManifestServer | null;
  readonly selected: readonly SelectedRelation[];
  /** The archive that the caller offered. */
  readonly offered: ArchiveReader | null;
}

/** Plans units and reuse; reads nothing of the server when no units are asked for. */
export async function planReuse(
  { connection, catalog, version, locked }: PreparedDump,
  { settings, server, selected, offered }: ReuseInput,
): Promise<ReusePlan> {
  const usable =
    offered === null
      ? null
      : usableArchive(offered, {
          server,
          serverVersionNum: version.num,
          compression: settings.compression,
          signKey: settings.signKey,
        });
  const refused = typeof usable === "string" ? usable : null;
  const earlier = typeof usable === "string" ? null : usable;
  // Units are of use only to a later dump that can tell the server.
  const tables =
    settings.units && server !== null
      ? await planUnits(connection, selected, {
          version,
          encoding: catalog.database.encoding,
          reproducible: settings.reproducible,
          unitBlocks: settings.unitBlocks,
          planRunsCode: planRunsCode(catalog),
          isLockedInTime: (oid) => locked.has(oid),
          earlier,
        })
      : selected.map(() => ({ units: null, readWhole: null }));
  return { tables, numbers: relationNumbers(tables), earlier, refused };
}

/** Relations of which parts are reused keep their numbers, which are in the stored tar headers; others get free ones. */
export function relationNumbers(tables: readonly TablePlan[]): number[] {
  const earlier = tables.map(({ units }) => units?.earlier?.relation.number);
  const used = new Set(earlier);
  let free = 0;
  const next = (): number => {
    while (used.has(free)) free++;
    return free++;
  };
  return [...earlier.map((number) => number ?? next()), next()];
}

/** Keeps the names of entries that may be copied from being given to others. */
export function reserveEntries(writer: ArchiveWriter, { tables, earlier }: ReusePlan): void {
  if (earlier === null) return;
  for (const { units } of tables) {
    const relation = units?.earlier?.relation;
    if (relation !== undefined) {
      writer.reserveParts(relation.number, partNumbers(earlier.reader, relation));
    }
  }
}
