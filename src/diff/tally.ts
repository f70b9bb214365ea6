/** Counts the differences between rows and keeps a few of them to show, with values hidden unless asked for. */
import type { RelationDifference, RowSample } from "./options.ts";
import { fieldBounds, fieldValue } from "./rows.ts";

export interface TallyOptions {
  readonly samples: number;
  readonly showValues: boolean;
  readonly encoding: BufferEncoding;
}

export interface Tally {
  added(data: Buffer, start: number, end: number): void;
  removed(data: Buffer, start: number, end: number): void;
  changed(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): void;
  isEmpty(): boolean;
  result(): Omit<RelationDifference, "namespace" | "name" | "key">;
}

/** Keys that say nothing of anybody, and find the row. */
const SURROGATE = /^(-?\d{1,20}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** A value as it may be shown. */
export function hidden(value: string | null): string | null {
  if (value === null) return null;
  const { length } = [...value];
  return `‹${length} ${length === 1 ? "character" : "characters"}›`;
}

/** @param key places of the key's columns among `columns`. */
export function createTally(
  columns: readonly string[],
  key: readonly number[],
  { samples: most, showValues, encoding }: TallyOptions,
): Tally {
  const counts = { added: 0, removed: 0, changed: 0 };
  const changedColumns = new Map<string, number>();
  const samples: RowSample[] = [];

  const show = (value: string | null): string | null => (showValues ? value : hidden(value));
  const showKey = (value: string | null): string | null =>
    value !== null && SURROGATE.test(value) ? value : show(value);
  const value = (data: Buffer, bounds: readonly number[], place: number): string | null =>
    fieldValue(data, bounds[place]!, bounds[place + 1]! - 1, encoding);
  const keyOf = (data: Buffer, bounds: readonly number[]): RowSample["key"] =>
    key.length === 0
      ? null
      : Object.fromEntries(
          key.map((place) => [columns[place]!, showKey(value(data, bounds, place))]),
        );

  const lone = (change: "added" | "removed", data: Buffer, start: number, end: number): void => {
    if (++counts[change] > most) return;
    const bounds = fieldBounds(data, start, end);
    const side = change === "added" ? "after" : "before";
    const shown = key.length === 0 || showValues ? columns : [];
    samples.push({
      change,
      key: keyOf(data, bounds),
      columns: Object.fromEntries(
        shown.map((name, place) => [name, { [side]: show(value(data, bounds, place)) }]),
      ),
    });
  };

  return {
    added: (data, start, end) => lone("added", data, start, end),
    removed: (data, start, end) => lone("removed", data, start, end),
    changed(a, aStart, aEnd, b, bStart, bEnd) {
      const [before, after] = [fieldBounds(a, aStart, aEnd), fieldBounds(b, bStart, bEnd)];
      const differing = columns.flatMap((name, place) => {
        const same =
          a.compare(
            b,
            after[place],
            after[place + 1]! - 1,
            before[place],
            before[place + 1]! - 1,
          ) === 0;
        return same ? [] : [{ name, place }];
      });
      for (const { name } of differing)
        changedColumns.set(name, (changedColumns.get(name) ?? 0) + 1);
      if (++counts.changed > most) return;
      samples.push({
        change: "changed",
        key: keyOf(b, after),
        columns: Object.fromEntries(
          differing.map(({ name, place }) => [
            name,
            { before: show(value(a, before, place)), after: show(value(b, after, place)) },
          ]),
        ),
      });
    },
    isEmpty: () => counts.added + counts.removed + counts.changed === 0,
    result: () => ({ ...counts, changedColumns: Object.fromEntries(changedColumns), samples }),
  };
}
