/** Refuses a connection string where a path belongs: the message of a failing open would show its password. */
import { UsageError } from "../../errors.ts";
import { readsAsConnectionString } from "./secrets.ts";

/**
 * @param what `archive` or `folder`: for the message, which does not repeat the text.
 * @throws UsageError only when the value is a text that reads as a connection string.
 */
export function requirePath(value: unknown, what: "archive" | "folder"): void {
  if (typeof value !== "string" || !readsAsConnectionString(value)) return;
  throw new UsageError(`the ${what} is a connection string, where a path belongs`, {
    hint: `give the path of the ${what} there, and the database in its own place`,
  });
}
