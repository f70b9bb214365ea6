/** Snapshots of one copy: copies of the copy, each a database of its own. */
import { RefusedError, ServerError, UsageError } from "../errors.ts";
import type { CopyMaker } from "./copy-maker.ts";
import { databaseSettings, type SettingRow } from "./database-settings.ts";
import { dropDatabase, type ServerSession, untilEmpty } from "./server-session.ts";

interface SavedState {
  readonly database: string;
  readonly settings: readonly SettingRow[];
  /** The mark of the copy when it was saved. */
  readonly mark: string;
}

/** SQLSTATE object_in_use: other sessions use the database. */
const OBJECT_IN_USE = "55006";

export class DatabaseSnapshots {
  readonly #name: string;
  readonly #session: ServerSession;
  readonly #maker: CopyMaker;
  readonly #saved = new Map<string, SavedState>();

  constructor(name: string, session: ServerSession, maker: CopyMaker) {
    this.#name = name;
    this.#session = session;
    this.#maker = maker;
  }

  /** @throws RefusedError (TARGET_BUSY) only when others are connected to the database. */
  async save(label: string, mark: string): Promise<void> {
    if (typeof label !== "string" || label === "")
      throw new UsageError("a snapshot needs a name", { hint: 'snapshot("after-login")' });
    await untilEmpty(this.#session, this.#name);
    const settings = await databaseSettings(this.#session, this.#name);
    const database = this.#maker.nextName();
    try {
      await this.#maker.copy(this.#name, database, []);
    } catch (error) {
      if (!(error instanceof ServerError) || error.sqlState !== OBJECT_IN_USE) throw error;
      throw new RefusedError("TARGET_BUSY", "others are connected to the database", {
        object: `database ${this.#name}`,
        hint: "end the pools and clients of the test before a snapshot",
        cause: error,
      });
    }
    const before = this.#saved.get(label);
    this.#saved.set(label, { database, settings, mark });
    if (before !== undefined) await dropDatabase(this.#session, before.database);
  }

  /** Puts the saved state in the database's place. @returns the mark of that state. */
  async restore(label: string): Promise<string> {
    const state = this.#saved.get(label);
    if (state === undefined) {
      const known = [...this.#saved.keys()].join(", ");
      throw new UsageError("there is no snapshot of that name", {
        hint: known === "" ? "take one with snapshot(name)" : `there are ${known}`,
      });
    }
    await dropDatabase(this.#session, this.#name);
    await this.#maker.copy(state.database, this.#name, state.settings);
    return state.mark;
  }

  async drop(): Promise<void> {
    const saved = [...this.#saved.values()];
    this.#saved.clear();
    for (const { database } of saved) await dropDatabase(this.#session, database);
  }
}
