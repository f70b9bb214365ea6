/** What is reported of a run. Contains no secrets: texts are those of messages, and results are single values. */

/** "start" when a run begins, then one of the others. */
export type RunOutcome = "start" | "success" | "failure";

/** A value that a report can hold. */
export type ReportValue = string | number | boolean | null;

/** The report of a run, as a webhook receives it in JSON. */
export interface RunReport {
  /** Changes when a field is removed or changes its meaning. */
  readonly version: 1;
  /** The command: `backup`, `drill`. */
  readonly task: string;
  readonly outcome: RunOutcome;
  /** Name of the machine. */
  readonly host: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  /** Null at the start. */
  readonly exitCode: number | null;
  /** The last line: what came of it, or why it failed. */
  readonly message: string;
  /** Null unless it failed with an error. */
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
  } | null;
  readonly warnings: readonly string[];
  /** The single values of the command's result. */
  readonly result: Readonly<Record<string, ReportValue>>;
}

/** The single values of a result: lists and objects may be long, or quote what is secret. */
export function singleValues(result: object): Record<string, ReportValue> {
  const isSingle = (value: unknown): value is ReportValue =>
    value === null || ["string", "number", "boolean"].includes(typeof value);
  return Object.fromEntries(
    Object.entries(result).filter((entry): entry is [string, ReportValue] => isSingle(entry[1])),
  );
}
