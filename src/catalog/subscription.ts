/** Subscriptions of this database. Only superusers may read all columns (src/backend/catalog/system_views.sql). */
import { CURRENT_DATABASE } from "./expressions.ts";
import type { CatalogQuery } from "./query.ts";
import type { ServerVersion } from "./version.ts";

export interface SubscriptionRow {
  readonly oid: number;
  readonly name: string;
  readonly owner: number;
  /** Since 19: name of the foreign server that gives the connection string; null for none. */
  readonly server: string | null;
  /** `subconninfo`, which can hold a password; null without the privilege to read it, and where a server gives it. */
  readonly conninfo: string | null;
  /** Null for none. */
  readonly slotName: string | null;
  /** Null without the privilege to read it. */
  readonly synchronousCommit: string | null;
  readonly publications: readonly string[];
  /** Since 14; this and the following are null on older servers. */
  readonly binary: boolean | null;
  /** Since 14: f off, t on; since 16 also p parallel. */
  readonly streaming: string | null;
  /** Since 15: whether two-phase commit was requested. */
  readonly twoPhase: boolean | null;
  readonly disableOnError: boolean | null;
  /** Since 16. */
  readonly passwordRequired: boolean | null;
  readonly runAsOwner: boolean | null;
  readonly origin: string | null;
  /** Since 17. */
  readonly failover: boolean | null;
  /** Since 19. */
  readonly retainDeadTuples: boolean | null;
  /** Milliseconds; 0 for no limit. */
  readonly maxRetention: number | null;
  /** As the server writes it: `-1` for the server's setting. */
  readonly receiverTimeout: string | null;
}

/**
 * The oid of a row `s` of `pg_subscription`. To others than superusers, PostgreSQL 13 shows it only in a view, in which
 * subscriptions of the same name in other databases look the same.
 */
export function subscriptionOid({ major }: ServerVersion, isSuperuser: boolean): string {
  return major >= 14 || isSuperuser
    ? "s.oid"
    : "(SELECT pg_catalog.min(v.subid) FROM pg_catalog.pg_stat_subscription v WHERE v.subname = s.subname)";
}

const SERVER = "(SELECT f.srvname FROM pg_catalog.pg_foreign_server f WHERE f.oid = s.subserver)";

export const subscriptions: CatalogQuery<SubscriptionRow> = {
  sql: (version, isSuperuser) => {
    const { major } = version;
    const since = (first: number, expression: string): string =>
      major >= first ? expression : "NULL";
    const readable = (expression: string, otherwise: string): string =>
      isSuperuser ? expression : otherwise;
    // substream was boolean in PostgreSQL 14 and 15.
    const streaming = major >= 16 ? "substream::text" : "CASE WHEN substream THEN 't' ELSE 'f' END";
    return `
    SELECT ${subscriptionOid(version, isSuperuser)} AS oid, subname AS name, subowner AS owner,
           ${since(19, SERVER)} AS server, ${readable("subconninfo", "NULL")} AS conninfo, subslotname AS "slotName",
           ${major >= 14 ? "subsynccommit" : readable("subsynccommit", "NULL")} AS "synchronousCommit",
           subpublications AS publications, ${since(14, "subbinary")} AS binary, ${since(14, streaming)} AS streaming,
           ${since(15, "subtwophasestate <> 'd'")} AS "twoPhase", ${since(15, "subdisableonerr")} AS "disableOnError",
           ${since(16, "subpasswordrequired")} AS "passwordRequired", ${since(16, "subrunasowner")} AS "runAsOwner",
           ${since(16, "suborigin")} AS origin, ${since(17, "subfailover")} AS failover,
           ${since(19, "subretaindeadtuples")} AS "retainDeadTuples", ${since(19, "submaxretention")} AS "maxRetention",
           ${since(19, "subwalrcvtimeout")} AS "receiverTimeout"
    FROM pg_catalog.pg_subscription s
    WHERE subdbid = ${CURRENT_DATABASE}`;
  },
};
