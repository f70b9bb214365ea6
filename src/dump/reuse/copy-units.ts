/**
 * Copies a range of a table's units: asks the server which are unchanged, copies the parts of those from the earlier
 * archive, and reads the others with one COPY for each run of them.
 */
import type { ManifestPart, ManifestUnits } from "../../archive/format/manifest.ts";
import type { ArchiveReader } from "../../archive/reader.ts";
import type { Connection } from "../../pg/connection.ts";
import { type Warning, warning } from "../../warnings.ts";
import { type CopyContext, copyStream, otherRows } from "../copy-stream.ts";
import { type EarlierUnit, unitRuns, type UnitRun } from "./decide-units.ts";
import { readDamaged } from "./read-damaged.ts";
import { type ScannedUnit, scanUnits, type UnitRange } from "./scan-units.ts";
import { isComparedWhole, scanWhole } from "./scan-whole.ts";
import { type CopiedPart, copyStoredParts } from "./stored-parts.ts";
import { copySqlOf, type UnitTable } from "./unit-table.ts";

export interface CopyUnitsContext extends CopyContext {
  /** Undefined when there is no earlier archive, or nothing of it can be reused. */
  readonly earlier: ArchiveReader | undefined;
  /** Whether unchanged parts are left in the earlier archive instead of being copied. */
  readonly isBase: boolean;
  readonly onWarning: (warning: Warning) => void;
}

/** A unit as the manifest records it, with its parts. */
export interface CopiedUnit {
  readonly unit: ManifestUnits["units"][number];
  readonly parts: readonly ManifestPart[];
  /** What was copied from the earlier archive, or left in it. */
  readonly reused: { readonly rows: number; readonly bytes: number };
}

/** Asks the server which units are unchanged. One scan answers for a whole table, whoever needs it first. */
export class UnitComparison {
  readonly #whole = new Map<UnitTable, Promise<ScannedUnit[]>>();

  /** @returns runs of all units of the range, in their order. */
  async compare(connection: Connection, table: UnitTable, range: UnitRange): Promise<RunToCopy[]> {
    const scanned = await this.#scan(connection, table, range);
    return unitRuns(scanned, range.first, table.units.earlier).map((run) => {
      const units = scanned.slice(run.first - range.first, run.end - range.first);
      return { table, run, units };
    });
  }

  async #scan(connection: Connection, table: UnitTable, range: UnitRange): Promise<ScannedUnit[]> {
    const { blocks, count, oldestRunning } = table.units;
    const { name, nameCondition, label } = table;
    const options = { table: name, nameCondition, label, blocks, count, oldestRunning };
    if (!isComparedWhole(table.units)) return scanUnits(connection, options, range);
    const scan = this.#whole.get(table) ?? scanWhole(connection, options);
    this.#whole.set(table, scan);
    return (await scan).slice(range.first, range.end);
  }
}

/**
 * Copies units in their order.
 * @throws MismatchError naming the table, only when the server sent other rows than it had counted.
 */
export async function copyRun(
  connection: Connection,
  run: RunToCopy,
  context: CopyUnitsContext,
): Promise<CopiedUnit[]> {
  return run.run.isReused ? reuseRun(connection, run, context) : readRun(connection, run, context);
}

/** Units that follow each other and are all unchanged, or all not. */
export interface RunToCopy {
  readonly table: UnitTable;
  readonly run: UnitRun;
  readonly units: readonly ScannedUnit[];
}

async function readRun(
  connection: Connection,
  { table, run, units }: RunToCopy,
  context: CopyUnitsContext,
): Promise<CopiedUnit[]> {
  const rowCuts = units.map(({ rows }) => rows);
  const expected = rowCuts.reduce((sum, rows) => sum + rows, 0);
  let parts: readonly ManifestPart[] = [];
  if (expected > 0) {
    const sql = copySqlOf(table, run);
    const sink = await copyStream(connection, { ...table, sql, rowCuts }, context);
    if (sink.rows !== expected) throw otherRows(table.label, expected, sink.rows);
    parts = sink.parts;
  }
  let next = 0;
  return units.map((unit) => {
    const ofUnit: ManifestPart[] = [];
    for (let rows = 0; rows < unit.rows; rows += ofUnit.at(-1)!.rows) ofUnit.push(parts[next++]!);
    return copiedUnit(unit, ofUnit, []);
  });
}

function copiedUnit(
  { rows, identity }: ScannedUnit,
  parts: readonly ManifestPart[],
  reused: readonly ManifestPart[],
): CopiedUnit {
  return {
    unit: { rows, identity, parts: parts.length },
    parts,
    reused: {
      rows: reused.reduce((sum, part) => sum + part.rows, 0),
      bytes: reused.reduce((sum, part) => sum + part.bytes, 0),
    },
  };
}

async function reuseRun(
  connection: Connection,
  run: RunToCopy,
  context: CopyUnitsContext,
): Promise<CopiedUnit[]> {
  const { earlier, progress } = context;
  const parts = partsOf(run);
  const onCopied = (index: number): void => {
    const { rows, bytes } = parts[index]!;
    progress.add(run.table.label, rows, bytes);
  };
  const results = await copyStoredParts(parts, { ...context, reader: earlier!, onCopied });
  return reusedUnits(connection, run, results, context);
}

/** The parts that a run of unchanged units has in the earlier archive. */
export function partsOf({ table, run }: RunToCopy): ManifestPart[] {
  return earlierUnits({ table, run }).flatMap((unit) => unit.parts);
}

function earlierUnits({ table, run }: Pick<RunToCopy, "table" | "run">): readonly EarlierUnit[] {
  return table.units.earlier!.units.slice(run.first, run.end);
}

/**
 * Unchanged units, whose parts were taken over; what was damaged is read from the server.
 * @param results of the parts that `partsOf` gives.
 */
export async function reusedUnits(
  connection: Connection,
  { table, run, units }: RunToCopy,
  results: readonly CopiedPart[],
  context: CopyUnitsContext,
): Promise<CopiedUnit[]> {
  const { onWarning } = context;
  const earlier = earlierUnits({ table, run });
  const copied: CopiedUnit[] = [];
  let next = 0;
  for (const [index, unit] of units.entries()) {
    const ofUnit = results.slice(next, (next += earlier[index]!.parts.length));
    const reused = ofUnit.flatMap(({ part }) => (part === null ? [] : [part]));
    const damage = ofUnit.find((result) => result.damage !== null)?.damage ?? null;
    if (damage === null) {
      copied.push(copiedUnit(unit, reused, reused));
      continue;
    }
    onWarning(
      warning(
        "earlier-archive-damaged",
        table.label,
        `rows were read from the server instead of from the earlier archive: ${damage}`,
      ),
    );
    const damaged = { number: run.first + index, earlier: earlier[index]!, copied: ofUnit };
    const repaired = await readDamaged(connection, table, damaged, context);
    copied.push(copiedUnit(unit, repaired, reused));
  }
  return copied;
}
