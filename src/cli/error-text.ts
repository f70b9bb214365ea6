/** Errors as text for people and as objects for `--json`. Pure. */
import {
  isNexushubDumpError,
  RowConflictError,
  ServerError,
  UnsupportedObjectError,
} from "../errors.ts";
import { printableLine } from "../util/printable.ts";

/** The message, the object, for server errors the statement, and the hint; without a stack. */
export function errorText(error: unknown): string {
  if (!isNexushubDumpError(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  const lines = [error.message];
  if (error.object !== undefined && !error.message.includes(error.object)) {
    lines.push(`  object: ${printableLine(error.object)}`);
  }
  if (error instanceof ServerError) {
    if (error.statement !== undefined)
      lines.push(...statementLines(error.statement, error.position));
    if (error.sqlState !== undefined) lines.push(`  SQLSTATE: ${error.sqlState}`);
  }
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines.join("\n");
}

/** The line of the statement at the position, with a mark below it; the first lines when the position is unknown. */
function statementLines(statement: string, position: number | undefined): string[] {
  const lines = statement.split("\n");
  if (position === undefined) {
    const first = lines.slice(0, 3).map((line) => `  | ${line}`);
    return lines.length > 3 ? [...first, "  | …"] : first;
  }
  let left = position - 1;
  for (const line of lines) {
    const length = [...line].length;
    if (left <= length) return [`  | ${line}`, `  | ${" ".repeat(left)}^`];
    left -= length + 1;
  }
  return [`  | ${lines.at(-1)!}`];
}

/** The error of `--json` and of JSON logs. */
export interface ErrorObject {
  readonly code: string;
  readonly message: string;
  readonly object: string | null;
  readonly hint: string | null;
  /** These three only for server errors. */
  readonly sqlState?: string | null;
  readonly statement?: string | null;
  readonly position?: number | null;
  /** Only for UNSUPPORTED_OBJECT and ROW_CONFLICT: every object that cannot be dumped, every reason. */
  readonly objects?: readonly string[];
}

export function errorObject(error: unknown): ErrorObject {
  if (!isNexushubDumpError(error))
    return { code: "INTERNAL", message: errorText(error), object: null, hint: null };
  return {
    code: error.code,
    message: error.message,
    object: error.object ?? null,
    hint: error.hint ?? null,
    ...(error instanceof ServerError && {
      sqlState: error.sqlState ?? null,
      statement: error.statement ?? null,
      position: error.position ?? null,
    }),
    ...((error instanceof UnsupportedObjectError || error instanceof RowConflictError) && {
      objects: error.objects,
    }),
  };
}
