/** CREATE EVENT TRIGGER. The plan puts them last, since from then on they fire for the statements of a restore. */
import { address, CATALOG } from "../../catalog/address.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import type { DdlContext } from "../context.ts";
import type { DumpableObject } from "../dumpable-object.ts";
import { FEATURE } from "../server-features.ts";

const STATE = { O: null, D: "DISABLE", R: "ENABLE REPLICA", A: "ENABLE ALWAYS" } as const;

export function eventTriggers({ catalog, isMember }: DdlContext): DumpableObject[] {
  return catalog.eventTriggers
    .filter((row) => !isMember(CATALOG.eventTrigger, row.oid))
    .map((row): DumpableObject => {
      const id = address(CATALOG.eventTrigger, row.oid);
      const name = quoteIdent(row.name);
      const tags = row.tags?.map(quoteLiteral).join(", ");
      const state = STATE[row.enabled];
      return {
        id,
        kind: "event-trigger",
        namespace: null,
        name: row.name,
        section: "post-data",
        addresses: [id],
        sql: () => [
          `CREATE EVENT TRIGGER ${name} ON ${quoteIdent(row.event)}${
            tags === undefined ? "" : `\n    WHEN TAG IN (${tags})`
          }\n    EXECUTE FUNCTION ${row.functionName}()`,
          ...(state === null ? [] : [`ALTER EVENT TRIGGER ${name} ${state}`]),
        ],
        features: row.event === "login" ? [FEATURE.loginTrigger] : undefined,
        target: `EVENT TRIGGER ${name}`,
        owner: row.owner,
      };
    });
}
