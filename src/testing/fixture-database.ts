/** One copy: its clients, how it is put back, dropped or kept. */
import type pg from "pg";
import type { Selection } from "../restore/decide/selection.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { withoutSecrets } from "../sql/conninfo/secrets.ts";
import { quoteIdent } from "../sql/ident.ts";
import { quoteLiteral } from "../sql/literal.ts";
import type { FixtureDatabase } from "./options.ts";
import { renameDatabase } from "./rename-database.ts";
import { resetDatabase } from "./reset.ts";

export interface DatabaseParts {
  readonly name: string;
  readonly url: string;
  readonly archive: ArchiveOrigin;
  /** Tables and sequences whose contents it has; undefined when it was made without any. */
  readonly held: Pick<Selection, "relations" | "sequences"> | undefined;
  /** The first transaction id that the copy's own changes can have. */
  readonly mark: string;
  /** Runs a statement in the maintenance database. */
  readonly run: <Row>(sql: string) => Promise<Row[]>;
  readonly onGone: () => void;
  readonly keptName: () => string;
}

export function createDatabase(parts: DatabaseParts): FixtureDatabase {
  const { name, url, run } = parts;
  const clients: pg.Client[] = [];
  let { mark } = parts;
  let gone: Promise<void> | undefined;

  async function endClients(): Promise<void> {
    await Promise.allSettled(clients.splice(0).map((client) => client.end()));
  }

  async function remove(): Promise<void> {
    await endClients();
    await run(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
    parts.onGone();
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
      if (parts.held === undefined) {
        throw new UsageError("a copy without the archive's rows cannot be reset", {
          hint: "take a new copy, or open the fixture without schemaOnly",
        });
      }
      const done = await resetDatabase(url, parts.archive, parts.held, mark);
      ({ mark } = done);
      return done.changed;
    },
    drop,
    async keep() {
      await endClients();
      await run(
        `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = ${quoteLiteral(name)}`,
      );
      const kept = parts.keptName();
      await renameDatabase(run, name, kept);
      gone = Promise.resolve();
      parts.onGone();
      return withoutSecrets(withDatabaseName(url, kept)).text;
    },
    [Symbol.asyncDispose]: drop,
  };
}
