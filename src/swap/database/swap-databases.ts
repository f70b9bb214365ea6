/** One exchange of a live database for another one, with all that moves along: for a swap and for its undo. */
import type { ServerVersion } from "../../catalog/version.ts";
import type { Connection } from "../../pg/connection.ts";
import { quoteIdent } from "../../sql/ident.ts";
import { readRoles } from "./beside.ts";
import { exchange, type Exchanged } from "./exchange.ts";
import type { DatabaseFacts } from "./facts.ts";
import { formatMarker, type Marker } from "./marker.ts";
import { readDatabase } from "./read-facts.ts";
import { likenessSql, commentSql } from "./statements.ts";

export interface SwapDatabases {
  readonly connection: Connection;
  readonly helper: Connection;
  readonly version: ServerVersion;
  readonly live: Pick<DatabaseFacts, "name" | "oid">;
  readonly incoming: Pick<DatabaseFacts, "name" | "oid">;
  /** The name that the live database gets, and until when it is kept. */
  readonly retiredName: string;
  readonly keepUntil: Date;
  /** What the incoming database gets of the live one: `everything`, or only the name and this comment. */
  readonly adopt: "everything" | { readonly comment: string | null };
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** @throws RefusedError (TARGET_BUSY) only when sessions could not be ended in time. */
export function swapDatabases(options: SwapDatabases): Promise<Exchanged> {
  const { connection, live, incoming, retiredName, keepUntil, adopt, version } = options;
  return exchange({
    ...options,
    adopt: async () => {
      // Read while nobody can be connected to it any more, so that nothing that was changed until now is lost.
      const old = await readDatabase(connection, version, retiredName);
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
