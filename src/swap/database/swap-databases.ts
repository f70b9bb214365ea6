/** One exchange of a live database for another one, with all that moves along: for a swap and for its undo. */
import { randomBytes } from "node:crypto";
import type { ServerVersion } from "../../catalog/version.ts";
import type { OnProgress } from "../../events.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { readRoles } from "./beside.ts";
import { exchange, type Exchanged } from "./exchange.ts";
import type { DatabaseFacts } from "./facts.ts";
import { formatMarker, keptName, type Marker } from "./marker.ts";
import { lookAgain, replacedError, requireStillExchangeable } from "./look.ts";
import { readDatabase, readSessions } from "./read-facts.ts";
import { likenessSql, commentSql } from "./statements.ts";

export interface SwapDatabases {
  readonly connection: Connection;
  readonly helper: Connection;
  readonly version: ServerVersion;
  readonly live: Pick<DatabaseFacts, "name" | "oid" | "nameBytes">;
  readonly incoming: Pick<DatabaseFacts, "name" | "oid">;
  /** How long the live database is kept. */
  readonly keepOldMs: number;
  /** What the incoming database gets of the live one: `everything`, or only the name and this comment. */
  readonly adopt: "everything" | { readonly comment: string | null };
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Receives an event before sessions are ended. */
  readonly onProgress: OnProgress | undefined;
}

export interface SwappedDatabases extends Exchanged {
  /** The name that the live database got, and until when it is kept. */
  readonly retiredName: string;
  readonly keepUntil: Date;
}

/**
 * @throws RefusedError only when sessions could not be ended in time (TARGET_BUSY), or when something stands in the way that
 * did not when the run began (SWAP_REFUSED).
 */
export async function swapDatabases(options: SwapDatabases): Promise<SwappedDatabases> {
  const { connection, helper, live, incoming, keepOldMs, adopt, version, onProgress } = options;
  // Before anybody's session is ended.
  await requireStillExchangeable(connection, await lookAgain(connection, version, live));
  const now = new Date();
  const retiredName = keptName(live.name, now, randomBytes(3).toString("hex"));
  const keepUntil = new Date(now.getTime() + keepOldMs);
  const sessions = await readSessions(helper, live.oid);
  onProgress?.({ type: "swap", database: live.name, sessions: sessions.length });
  const exchanged = await exchange({
    ...options,
    retiredName,
    adopt: async () => {
      // Read while nobody can be connected to it any more, so that nothing that was changed until now is lost.
      const old = await readDatabase(connection, version, retiredName);
      if (old.oid !== live.oid) throw replacedError(live);
      await requireStillExchangeable(connection, { ...old, name: live.name });
      const marker: Marker = {
        kind: "kept",
        database: live.name,
        successor: incoming.oid,
        swappedAt: new Date().toISOString(),
        keepUntil: keepUntil.toISOString(),
        comment: old.comment,
      };
      const comment = adopt === "everything" ? old.comment : adopt.comment;
      return [
        ...(adopt === "everything" ? await likeness(options, old) : []),
        commentSql(incoming.name, comment),
        commentSql(retiredName, formatMarker(marker)),
      ];
    },
  });
  return { retiredName, keepUntil, ...exchanged };
}

async function likeness(
  { connection, version, incoming }: SwapDatabases,
  old: DatabaseFacts,
): Promise<string[]> {
  const current = await readDatabase(connection, version, incoming.name);
  const name = quoteIdent(incoming.name);
  return [
    ...(current.owner === old.owner
      ? []
      : [`ALTER DATABASE ${name} OWNER TO ${quoteIdent(old.owner)}`]),
    ...likenessSql(current, old, await readRoles(connection), version),
    ...(current.connectionLimit === old.connectionLimit
      ? []
      : [`ALTER DATABASE ${name} CONNECTION LIMIT ${old.connectionLimit}`]),
  ];
}
