/** Copies the rows of jobs into the archive, and gathers what was copied of each relation. */
import type { ManifestPart, ManifestUnits } from "../archive/format/manifest.ts";
import type { Connection } from "../pg/connection.ts";
import { copyStream } from "./copy-stream.ts";
import type { CopyJob } from "./jobs.ts";
import { copyLaterRuns, type LaterRun } from "./reuse/copy-later.ts";
import {
  type CopiedUnit,
  copyRun,
  type CopyUnitsContext,
  UnitComparison,
} from "./reuse/copy-units.ts";
import { isCopiedInStore } from "./reuse/stored-parts.ts";
import type { UnitTable } from "./reuse/unit-table.ts";
import { Turns } from "./turns.ts";

/** A relation to copy. */
export interface CopySource {
  /** For messages: `table public.users`. */
  readonly label: string;
  /** The table to lock, as SQL; null when there is none. */
  readonly lock: string | null;
  /** The number in the names of its entries. */
  readonly number: number;
  /** Null when it is copied without units. */
  readonly units: UnitTable | null;
}

export interface CopyOptions extends CopyUnitsContext {
  readonly relations: readonly CopySource[];
  readonly jobs: readonly CopyJob[];
  /** Whether parts enter the archive in the order of the jobs, whichever finishes first. */
  readonly ordered: boolean;
  /** Called when a job is done, with the length of its rows as text. */
  readonly onJobDone: (job: CopyJob, bytes: number) => void;
}

/** Rows and bytes of COPY text. */
export interface RowsAndBytes {
  readonly rows: number;
  readonly bytes: number;
}

export interface CopiedRelation extends RowsAndBytes {
  /** In row order. */
  readonly parts: readonly ManifestPart[];
  /** In row order; null without units. */
  readonly units: ManifestUnits["units"] | null;
  /** What was copied from an earlier archive. */
  readonly reused: RowsAndBytes;
}

/** Copies jobs and gathers what was copied of each relation. */
export class RelationCopier {
  readonly #options: CopyOptions;
  /** Finished jobs by relation and range. */
  readonly #ranges: CopiedRelation[][];
  /** Unfinished jobs by relation. */
  readonly #remaining: number[];
  readonly #turns: Turns | undefined;
  /** Whether unchanged units wait until everything else is copied. */
  readonly #isReusedLater: boolean;
  readonly #later: LaterRun[] = [];
  readonly #comparison = new UnitComparison();

  constructor(options: CopyOptions) {
    const { relations, jobs, ordered, signal, earlier: reader } = options;
    this.#options = options;
    this.#isReusedLater = reader !== undefined && isCopiedInStore({ ...options, reader });
    this.#ranges = relations.map(() => []);
    this.#remaining = relations.map(() => 0);
    for (const { relation } of jobs) this.#remaining[relation]!++;
    const order = jobs.map(({ relation }) => relation);
    this.#turns = ordered ? new Turns(order, signal) : undefined;
  }

  /**
   * @throws MismatchError naming the relation, only when the server sent other rows than it counted;
   * ReplacedRelationError when its name stands for another relation.
   */
  async copy(connection: Connection, job: CopyJob): Promise<void> {
    const { label, number, units } = this.#options.relations[job.relation]!;
    if (job.units !== undefined && units !== null) {
      await this.#copyUnits(connection, units, job);
      return;
    }
    const turns = this.#turns;
    const { sql, relation, runsUserSql } = job;
    const beforeBlock = turns === undefined ? undefined : () => turns.wait(relation);
    const statement = { sql, label, number, runsUserSql, beforeBlock };
    const { rows, bytes, parts } = await copyStream(connection, statement, this.#options);
    this.#finish(job, { rows, bytes, parts, units: null, reused: { rows: 0, bytes: 0 } }, label);
  }

  async #copyUnits(connection: Connection, table: UnitTable, job: CopyJob): Promise<void> {
    const runs = await this.#comparison.compare(connection, table, job.units!);
    const copied: (readonly CopiedUnit[])[] = [];
    let missing = runs.length;
    const take = (index: number, units: readonly CopiedUnit[]): void => {
      copied[index] = units;
      if (--missing === 0) this.#finish(job, joinedUnits(copied.flat()), table.label);
    };
    if (missing === 0) this.#finish(job, joinedUnits([]), table.label);
    for (const [index, run] of runs.entries()) {
      if (run.run.isReused && this.#isReusedLater)
        this.#later.push({ run, take: (units) => take(index, units) });
      else take(index, await copyRun(connection, run, this.#options));
    }
  }

  /** Copies what waited until all jobs were done. Throws as `copy` does. */
  async copyLater(connection: Connection): Promise<void> {
    if (this.#later.length > 0) await copyLaterRuns(connection, this.#later, this.#options);
  }

  #finish(job: CopyJob, copied: CopiedRelation, label: string): void {
    const { relation, range } = job;
    this.#options.onJobDone(job, copied.bytes);
    this.#ranges[relation]![range] = copied;
    this.#turns?.done(relation);
    if (--this.#remaining[relation]! > 0) return;
    const { rows, bytes, reused } = joined(this.#ranges[relation]!);
    const reusedBytes = reused.bytes > 0 ? { reusedBytes: reused.bytes } : {};
    this.#options.progress.complete(label, { rows, bytes, ...reusedBytes });
  }

  /** What was copied of each relation, once all jobs and `copyLater` are done. */
  copied(): CopiedRelation[] {
    return this.#ranges.map(joined);
  }
}

function joinedUnits(units: readonly CopiedUnit[]): CopiedRelation {
  const parts = units.flatMap((unit) => unit.parts);
  return {
    ...sum(parts),
    parts,
    units: units.map(({ unit }) => unit),
    reused: sum(units.map(({ reused }) => reused)),
  };
}

function joined(ranges: readonly CopiedRelation[]): CopiedRelation {
  const hasUnits = ranges.length > 0 && ranges.every(({ units }) => units !== null);
  return {
    ...sum(ranges),
    parts: ranges.flatMap(({ parts }) => parts),
    units: hasUnits ? ranges.flatMap(({ units }) => units ?? []) : null,
    reused: sum(ranges.map(({ reused }) => reused)),
  };
}

function sum(counts: readonly RowsAndBytes[]): RowsAndBytes {
  return {
    rows: counts.reduce((total, { rows }) => total + rows, 0),
    bytes: counts.reduce((total, { bytes }) => total + bytes, 0),
  };
}
