/** What to blame when a statement of a plain dump fails. Pure. */
import type { ErrorContext } from "../../pg/server-error.ts";
import { objectLabel } from "../../util/label.ts";
import type { WalkedStatement } from "../read/walk.ts";

/** For a server that was built without the method. */
const WITHOUT_COMPRESSION = "--no-toast-compression leaves out the compression methods of columns";

/** Statements of a schema may be shown when they fail: they hold no rows. */
export function statementContext(
  { facts, statement }: WalkedStatement,
  text: string,
  hint: string | undefined,
): ErrorContext & { object: string } {
  const at = `line ${statement.line}`;
  const object = facts.does === "create" ? `${objectLabel(facts.object)} (${at})` : at;
  const isSchema = ["create", "change", "compress", "drop", "own", "grant"].includes(facts.does);
  return {
    action: `restore ${object}`,
    object,
    ...(isSchema ? { statement: text } : {}),
    hint: facts.does === "compress" ? WITHOUT_COMPRESSION : hint,
    permissionHint:
      facts.does === "create" ? "restore as a superuser, or dump again without it" : undefined,
  };
}
