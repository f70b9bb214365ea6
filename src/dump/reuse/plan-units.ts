/** Decides for each table of a dump whether it is read by units, and which table of an earlier archive they are compared with. */
import type { ServerVersion } from "../../catalog/version.ts";
import { pinnedSettings } from "../../pg/session.ts";
import type { Connection } from "../../pg/connection.ts";
import type { SelectedRelation } from "../rows/selected-relation.ts";
import { type EarlierTable, earlierTable } from "./decide-units.ts";
import type { EarlierArchive } from "./earlier-archive.ts";
import type { FullReadReason } from "./full-read-reason.ts";
import { oldestRunning } from "./same-server.ts";
import { UNIT_SCHEME, UNIT_SEED } from "./scan-units.ts";
import { readTableFacts, readTypeFacts, type TableFacts } from "./table-facts.ts";
import { textFingerprint } from "./text-fingerprint.ts";
import { blocksInUnit, isSmall } from "./unit-size.ts";

/** How a table is divided into units. */
export interface TableUnits {
  readonly oid: number;
  readonly filenode: number;
  readonly fingerprint: string;
  /** Heap blocks in a unit. */
  readonly blocks: number;
  /** Number of units; the last one has no upper end. */
  readonly count: number;
  /** What the units are compared with; null when the table is read whole. */
  readonly earlier: EarlierTable | null;
  /** The oldest transaction that ran at the earlier snapshot; null without an earlier table. */
  readonly oldestRunning: number | null;
}

/** What a dump does with one table. */
export interface TablePlan {
  /** Null when it is read without units. */
  readonly units: TableUnits | null;
  /** Why nothing of it is reused; null when units are compared. */
  readonly readWhole: FullReadReason | null;
}

export interface PlanUnitsOptions {
  readonly version: ServerVersion;
  readonly encoding: string;
  readonly reproducible: boolean;
  /** Heap blocks in a unit of every table, however small; undefined for sizes that fit the table. */
  readonly unitBlocks: number | undefined;
  /** Whether planning a query over the table runs functions of users. */
  readonly planRunsCode: (oid: number) => boolean;
  /** Whether the table was locked before the snapshot was taken. */
  readonly isLockedInTime: (oid: number) => boolean;
  /** Null without one, or when it cannot be used. */
  readonly earlier: EarlierArchive | null;
}

/** Servers with TID range scans. */
const TID_RANGE_SCAN_SINCE = 14;
/** Tables of which TOAST is considered however few heap blocks they have: looking at each takes the server a moment. */
const MAX_LOOKED_UP = 2000;
/** Heap blocks of tables that are considered when there are more of them. */
const LOOKED_UP_PAGES = 128;

/** Plans in the order of the relations. */
export async function planUnits(
  connection: Connection,
  relations: readonly SelectedRelation[],
  options: PlanUnitsOptions,
): Promise<TablePlan[]> {
  const reasons = relations.map((selected) => reasonOf(selected, options));
  let candidates = relations.filter((_, index) => reasons[index] === null);
  if (candidates.length > MAX_LOOKED_UP) {
    candidates = candidates.filter(({ relation }) => relation.pages >= LOOKED_UP_PAGES);
  }
  const facts = await readFacts(connection, candidates);
  const types = await readTypes(connection, facts);
  const text = { encoding: options.encoding, settings: pinnedSettings(options.version) };
  const byOid = new Map(facts.map((table) => [table.oid, table]));
  return relations.map((selected, index) => {
    const reason = reasons[index]!;
    if (reason !== null) return { units: null, readWhole: reason };
    const table = byOid.get(selected.relation.oid);
    if (table === undefined) return { units: null, readWhole: "small" };
    const fingerprint = textFingerprint(table, types, text);
    return planTable(selected, { table, fingerprint }, options);
  });
}

/** What is known without asking the server. */
function reasonOf(
  { relation, where, masks }: SelectedRelation,
  { version, reproducible, planRunsCode, isLockedInTime }: PlanUnitsOptions,
): FullReadReason | null {
  if (reproducible) return "reproducible";
  if (version.major < TID_RANGE_SCAN_SINCE) return "old-server";
  if (where !== null || masks.size > 0 || relation.condition !== null) return "rows-selected";
  if (!relation.isHeap) return "not-heap";
  if (planRunsCode(relation.oid)) return "runs-functions";
  if (relation.pages === 0) return "small";
  return isLockedInTime(relation.oid) ? null : "locked-late";
}

async function readFacts(
  connection: Connection,
  candidates: readonly SelectedRelation[],
): Promise<TableFacts[]> {
  if (candidates.length === 0) return [];
  return readTableFacts(
    connection,
    candidates.map(({ relation }) => relation.oid),
  );
}

async function readTypes(connection: Connection, tables: readonly TableFacts[]) {
  const used = new Set(tables.flatMap(({ columns }) => columns.map(([, type]) => type)));
  const types = used.size === 0 ? [] : await readTypeFacts(connection, [...used]);
  return new Map(types.map((type) => [type.oid, type]));
}

interface KnownTable {
  readonly table: TableFacts;
  readonly fingerprint: string | null;
}

function planTable(
  { relation }: SelectedRelation,
  { table, fingerprint }: KnownTable,
  { unitBlocks, earlier }: PlanUnitsOptions,
): TablePlan {
  const size = { pages: relation.pages, toastPages: table.toastPages };
  if (unitBlocks === undefined && isSmall(size)) return { units: null, readWhole: "small" };
  if (fingerprint === null) return { units: null, readWhole: "changing-text" };
  const compared = compare(earlier?.tables.get(table.oid), table.filenode, fingerprint);
  const before = typeof compared === "string" ? null : compared;
  // The blocks of the earlier units, or their identities could not be compared.
  const blocks = before?.relation.units?.blocks ?? unitBlocks ?? blocksInUnit(size);
  return {
    units: {
      oid: table.oid,
      filenode: table.filenode,
      fingerprint,
      blocks,
      // As many as before: else rows of several earlier units would be in the last one.
      count: Math.max(1, Math.ceil(relation.pages / blocks), before?.units.length ?? 0),
      earlier: before,
      oldestRunning: before === null || earlier === null ? null : oldestRunning(earlier.server),
    },
    readWhole: typeof compared === "string" ? compared : null,
  };
}

/** The earlier table, or why it cannot be used. */
function compare(
  relation: Parameters<typeof earlierTable>[0] | undefined,
  filenode: number,
  fingerprint: string,
): EarlierTable | FullReadReason {
  const units = relation?.units ?? null;
  if (relation === undefined || units === null) return "new-table";
  if (units.scheme !== UNIT_SCHEME || units.seed !== UNIT_SEED) return "new-table";
  if (units.filenode !== filenode) return "rewritten";
  if (units.fingerprint !== fingerprint) return "definition-changed";
  return earlierTable(relation);
}
