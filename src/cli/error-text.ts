/** An error as an operator reads it: what happened, to which object, and what to do next. */
import { isNexushubDumpError, ServerError } from "../errors.ts";

/** The lines of the message, without a stack. */
export function errorText(error: unknown): string {
  if (!isNexushubDumpError(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  const lines = [error.message];
  if (error.object !== undefined && !error.message.includes(error.object)) {
    lines.push(`  object: ${error.object}`);
  }
  if (error instanceof ServerError) {
    if (error.statement !== undefined)
      lines.push(...statementLines(error.statement, error.position));
    if (error.sqlState !== undefined) lines.push(`  SQLSTATE: ${error.sqlState}`);
  }
  if (error.hint !== undefined) lines.push(`  hint: ${error.hint}`);
  return lines.join("\n");
}

/** The line of the statement that holds the position, with a mark under it; the first lines when there is none. */
function statementLines(statement: string, position: number | undefined): string[] {
  const lines = statement.split("\n");
  if (position === undefined) {
    const shown = lines.slice(0, 3).map((line) => `  | ${line}`);
    return lines.length > 3 ? [...shown, "  | …"] : shown;
  }
  let left = position - 1;
  for (const line of lines) {
    const length = [...line].length;
    if (left <= length) return [`  | ${line}`, `  | ${" ".repeat(left)}^`];
    left -= length + 1;
  }
  return [`  | ${lines.at(-1)!}`];
}

/** The same for `--json` and JSON logs. */
export function errorObject(error: unknown): Record<string, unknown> {
  if (!isNexushubDumpError(error)) return { code: "INTERNAL", message: errorText(error) };
  return {
    code: error.code,
    message: error.message,
    ...(error.object === undefined ? {} : { object: error.object }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(error instanceof ServerError
      ? { sqlState: error.sqlState, statement: error.statement, position: error.position }
      : {}),
  };
}
