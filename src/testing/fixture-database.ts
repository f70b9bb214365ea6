/** One copy of a template: its clients and snapshots, and how it is reset, dropped or kept. */
import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import type { Selection } from "../restore/decide/selection.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { withoutSecrets } from "../sql/conninfo/secrets.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { CopyMaker } from "./copy-maker.ts";
import { keptName } from "./database-names.ts";
import { DatabaseSnapshots } from "./database-snapshots.ts";
import type { FixtureDatabase } from "./options.ts";
import { renameDatabase } from "./rename-database.ts";
import { resetDatabase } from "./reset.ts";
import { dropDatabase, type ServerSession, untilEmpty } from "./server-session.ts";

/** The archive, and the tables and sequences whose contents a copy has of it. */
export interface RestoredContents extends Pick<Selection, "relations" | "sequences"> {
  readonly archive: RereadableArchive;
}

export interface DatabaseParts {
  readonly name: string;
  readonly url: string;
  /** Undefined when the copy was created without an archive's rows, or somebody changed them since. */
  readonly contents: RestoredContents | undefined;
  /** The first transaction id that changes of the copy can have. */
  readonly mark: string;
  readonly session: ServerSession;
  readonly maker: CopyMaker;
  /** Called when the copy is dropped or kept. */
  readonly onGone: () => void;
}

export function createDatabase(parts: DatabaseParts): FixtureDatabase {
  const { name, url, session, contents } = parts;
  const clients: pg.Client[] = [];
  const snapshots = new DatabaseSnapshots(name, session, parts.maker);
  let { mark } = parts;
  let gone: Promise<void> | undefined;

  async function endClients(): Promise<void> {
    await Promise.allSettled(clients.splice(0).map((client) => client.end()));
  }

  async function remove(): Promise<void> {
    await endClients();
    await dropDatabase(session, name);
    await snapshots.drop();
    parts.onGone();
  }

  async function leave(): Promise<string> {
    await endClients();
    const newUrl = await leaveOnServer(parts);
    gone = Promise.resolve();
    await snapshots.drop();
    parts.onGone();
    return newUrl;
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
      if (contents === undefined) {
        throw new UsageError("a copy without the archive's rows, or with others, cannot be reset", {
          hint: "take a new copy, or a snapshot() to go back to",
        });
      }
      const result = await resetDatabase(url, contents.archive, contents, mark);
      ({ mark } = result);
      return result.changed;
    },
    async snapshot(label) {
      await endClients();
      await snapshots.save(label, mark);
    },
    async restoreSnapshot(label) {
      await endClients();
      mark = await snapshots.restore(label);
    },
    drop,
    keep: leave,
    [Symbol.asyncDispose]: drop,
  };
}

/** Renames the database to a name that nothing drops. @returns a connection string without a password. */
async function leaveOnServer({ name, url, session }: DatabaseParts): Promise<string> {
  await untilEmpty(session, name);
  await session.run(
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${quoteLiteral(name)}`,
  );
  const newName = keptName(randomBytes(6).toString("hex"));
  await renameDatabase(session.run, name, newName);
  return withoutSecrets(withDatabaseName(url, newName)).text;
}
