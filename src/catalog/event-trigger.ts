/** Event triggers. */
import type { CatalogQuery } from "./query.ts";

export interface EventTriggerRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  /** `ddl_command_start`, `sql_drop`, `login` … */
  readonly event: string;
  /** Command tags that it fires for; null for all. */
  readonly tags: readonly string[] | null;
  /** Its function as SQL, without parentheses. */
  readonly functionName: string;
  /** `evtenabled`: O origin, D disabled, R replica, A always. */
  readonly enabled: "O" | "D" | "R" | "A";
}

export const eventTriggers: CatalogQuery<EventTriggerRow> = {
  sql: () => `
    SELECT oid, evtname AS name, evtowner AS owner, evtevent AS event, evttags AS tags,
           evtfoid::pg_catalog.regproc::text AS "functionName", evtenabled AS enabled
    FROM pg_catalog.pg_event_trigger`,
};
