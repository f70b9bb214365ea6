/** Counts the differences between rows and records a few of them to show, with values hidden unless asked for. */
import type { RelationDifference, RowSample } from "./options.ts";
import { fieldBounds, fieldValue } from "./rows.ts";

export interface TallyOptions {
  /** Number of rows to record of each kind of change. */
  readonly samples: number;
  readonly showValues: boolean;
  readonly encoding: BufferEncoding;
}

/** A row in a block of COPY text, the line end left out. */
export interface Row {
  readonly data: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface Tally {
  added(row: Row): void;
  removed(row: Row): void;
  changed(before: Row, after: Row): void;
  isEmpty(): boolean;
  result(): Omit<RelationDifference, "namespace" | "name" | "key">;
}

/** @param key positions of the key's columns among `columns`. */
export function createTally(
  columns: readonly string[],
  key: readonly number[],
  options: TallyOptions,
): Tally {
  const counts = { added: 0, removed: 0, changed: 0 };
  const changedColumns = new Map<string, number>();
  const samples: RowSample[] = [];
  const sampler = createSampler(columns, key, options);

  const countLone = (change: "added" | "removed", row: Row): void => {
    if (++counts[change] <= options.samples) samples.push(sampler.lone(change, row));
  };
  return {
    added: (row) => countLone("added", row),
    removed: (row) => countLone("removed", row),
    changed(before, after) {
      const positions = differingColumns(before, after, columns.length);
      for (const position of positions) {
        const name = columns[position]!;
        changedColumns.set(name, (changedColumns.get(name) ?? 0) + 1);
      }
      if (++counts.changed <= options.samples)
        samples.push(sampler.changed(before, after, positions));
    },
    isEmpty: () => counts.added + counts.removed + counts.changed === 0,
    result: () => ({ ...counts, changedColumns: Object.fromEntries(changedColumns), samples }),
  };
}

function boundsOf({ data, start, end }: Row): readonly number[] {
  return fieldBounds(data, start, end);
}

/** Positions of the columns whose fields differ. */
function differingColumns(a: Row, b: Row, columns: number): number[] {
  const [before, after] = [boundsOf(a), boundsOf(b)];
  const differs = (i: number): boolean =>
    a.data.compare(b.data, after[i], after[i + 1]! - 1, before[i], before[i + 1]! - 1) !== 0;
  return Array.from({ length: columns }, (_, i) => i).filter(differs);
}

/** Keys that identify a row and reveal nothing about a person. */
const SURROGATE = /^(-?\d{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A value that is not shown: `‹3 characters›`. */
export function hidden(value: string | null): string | null {
  if (value === null) return null;
  const { length } = [...value];
  return `‹${length} ${length === 1 ? "character" : "characters"}›`;
}

interface Sampler {
  lone(change: "added" | "removed", row: Row): RowSample;
  changed(before: Row, after: Row, positions: readonly number[]): RowSample;
}

function createSampler(
  columns: readonly string[],
  key: readonly number[],
  { showValues, encoding }: TallyOptions,
): Sampler {
  const show = (value: string | null): string | null => (showValues ? value : hidden(value));
  const showKey = (value: string | null): string | null =>
    value !== null && SURROGATE.test(value) ? value : show(value);
  const valuesOf = (row: Row): ((position: number) => string | null) => {
    const bounds = boundsOf(row);
    return (position) =>
      fieldValue(row.data, bounds[position]!, bounds[position + 1]! - 1, encoding);
  };
  const keyOf = (valueOf: (position: number) => string | null): RowSample["key"] =>
    key.length === 0
      ? null
      : Object.fromEntries(key.map((position) => [columns[position]!, showKey(valueOf(position))]));
  return {
    lone(change, row) {
      const valueOf = valuesOf(row);
      const side = change === "added" ? "after" : "before";
      const shown = key.length === 0 || showValues ? columns : [];
      return {
        change,
        key: keyOf(valueOf),
        columns: Object.fromEntries(
          shown.map((name, position) => [name, { [side]: show(valueOf(position)) }]),
        ),
      };
    },
    changed(before, after, positions) {
      const [beforeOf, afterOf] = [valuesOf(before), valuesOf(after)];
      return {
        change: "changed",
        key: keyOf(afterOf),
        columns: Object.fromEntries(
          positions.map((position) => [
            columns[position]!,
            { before: show(beforeOf(position)), after: show(afterOf(position)) },
          ]),
        ),
      };
    },
  };
}
