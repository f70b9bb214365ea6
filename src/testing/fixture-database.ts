/** One copy of a template: its clients, and how it is reset, dropped or kept. */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import type { Selection } from "../restore/decide/selection.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { withoutSecrets } from "../sql/conninfo/secrets.ts";
import { quoteLiteral } from "../sql/literal.ts";
import { keptName } from "./database-names.ts";
import type { FixtureDatabase } from "./options.ts";
import { renameDatabase } from "./rename-database.ts";
import { resetDatabase } from "./reset.ts";
import { dropDatabase, type ServerSession, untilEmpty } from "./server-session.ts";

/** Tables and sequences whose contents a copy has. */
export type RestoredContents = Pick<Selection, "relations" | "sequences">;

export interface DatabaseParts {
  readonly name: string;
  readonly url: string;
  readonly archive: ArchiveOrigin;
  /** Undefined when the copy was created without rows. */
  readonly contents: RestoredContents | undefined;
  /** The first transaction id that changes of the copy can have. */
  readonly mark: string;
  readonly session: ServerSession;
  /** Called when the copy is dropped or kept. */
  readonly onGone: () => void;
}

export function createDatabase(parts: DatabaseParts): FixtureDatabase {
  const { name, url, session } = parts;
  const clients: pg.Client[] = [];
  let { mark } = parts;
  let gone: Promise<void> | undefined;

  async function endClients(): Promise<void> {
    await Promise.allSettled(clients.splice(0).map((client) => client.end()));
  }

  async function remove(): Promise<void> {
    await endClients();
    await dropDatabase(session, name);
    parts.onGone();
  }

  async function leaveOnServer(): Promise<string> {
    await endClients();
    await untilEmpty(session, name);
    await session.run(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${quoteLiteral(name)}`,
    );
    const newName = keptName(randomBytes(6).toString("hex"));
    await renameDatabase(session.run, name, newName);
    gone = Promise.resolve();
    parts.onGone();
    return withoutSecrets(withDatabaseName(url, newName)).text;
  }

  const drop = (): Promise<void> => (gone ??= remove());
  return {
    name,
    url,
    async client() {
      const client = await openClient(url);
      clients.push(client);
      return client;
    },
    async reset() {
      if (parts.contents === undefined) {
        throw new UsageError("a copy without the archive's rows cannot be reset", {
          hint: "take a new copy, or open the fixture without schemaOnly",
        });
      }
      const result = await resetDatabase(url, parts.archive, parts.contents, mark);
      ({ mark } = result);
      return result.changed;
    },
    drop,
    keep: leaveOnServer,
    [Symbol.asyncDispose]: drop,
  };
}
