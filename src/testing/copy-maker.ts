/** Copies databases on the server, and names the copies. */
import { quoteIdent } from "../sql/ident.ts";
import { copyName } from "./database-names.ts";
import { type SettingRow, settingStatements } from "./database-settings.ts";
import type { FixtureOptions } from "./options.ts";
import type { ServerSession } from "./server-session.ts";

/** The first major with `STRATEGY`. */
const STRATEGY_SINCE = 15;

const STRATEGIES = {
  FILE_COPY: " STRATEGY file_copy",
  WAL_LOG: " STRATEGY wal_log",
  server: "",
} as const;

export interface CopyMaker {
  /** A name that no other process uses, by which later ones know whose it was. */
  nextName(): string;
  /** Copies a database to which nobody is connected. */
  copy(from: string, to: string, settings: readonly SettingRow[]): Promise<void>;
}

/** @param key of the template, for the names. @param owner the session whose end says that the copies can be dropped. */
export function createCopyMaker(
  key: string,
  owner: ServerSession,
  session: ServerSession,
  strategy: FixtureOptions["strategy"],
): CopyMaker {
  const clause = STRATEGIES[strategy ?? (session.major >= STRATEGY_SINCE ? "FILE_COPY" : "server")];
  let count = 0;
  return {
    nextName: () => copyName(key, owner.owner, ++count),
    async copy(from, to, settings) {
      await session.run(`CREATE DATABASE ${quoteIdent(to)} TEMPLATE ${quoteIdent(from)}${clause}`);
      const statements = settingStatements(to, settings, session.major);
      if (statements.length > 0) await session.run(statements.join("; "));
    },
  };
}
