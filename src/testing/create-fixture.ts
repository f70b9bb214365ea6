/** A fixture over a template: hands out copies, ahead of demand where asked to, and drops them. */
import { UsageError } from "../errors.ts";
import { withDatabaseName } from "../sql/conninfo/format.ts";
import { type CopyMaker, createCopyMaker } from "./copy-maker.ts";
import { createDatabase, type RestoredContents } from "./fixture-database.ts";
import type { Fixture, FixtureDatabase, FixtureOptions } from "./options.ts";
import { ReadyCopies } from "./ready-copies.ts";
import { openServerSession, type ServerSession } from "./server-session.ts";
import type { Template } from "./template.ts";

export interface FixtureParts {
  readonly session: ServerSession;
  readonly template: Template;
  readonly contents: RestoredContents | undefined;
  readonly options: FixtureOptions;
}

/**
 * @param parts its session is closed with the fixture, or when there will be none.
 * @param onClosed called when the fixture is closed.
 */
export async function createFixture(
  parts: FixtureParts,
  onClosed: () => Promise<void>,
): Promise<Fixture> {
  const { session, template, options } = parts;
  const { pool = 0 } = options;
  // Copies are created beside drops and resets.
  const creating = pool === 0 ? session : await openBeside(session);
  const copies = new Copies(parts, creating);
  const ready = new ReadyCopies(pool, () => copies.create());
  let closed: Promise<void> | undefined;
  if (pool > 0) ready.fill();

  async function database(): Promise<FixtureDatabase> {
    if (closed !== undefined) throw closedError();
    return ready.take();
  }

  async function use<Result>(
    body: (database: FixtureDatabase) => Promise<Result>,
  ): Promise<Result> {
    if (typeof body !== "function")
      throw new UsageError("use takes a function, which gets the database");
    const copy = await database();
    let result: Result;
    try {
      result = await body(copy);
    } catch (error) {
      await afterFailure(copy, options);
      throw error;
    }
    if (pool === 0) await copy.drop();
    else copies.dropLater(copy);
    return result;
  }

  async function closeAll(): Promise<void> {
    try {
      await ready.drain(closedError());
      await copies.dropAll();
      await template.release();
    } finally {
      if (creating !== session) await creating.close();
      await session.close();
      await onClosed();
    }
  }

  const close = (): Promise<void> => (closed ??= closeAll());
  return { database, use, close, [Symbol.asyncDispose]: close };
}

/** Opens another session, or closes the one that is there. */
async function openBeside(session: ServerSession): Promise<ServerSession> {
  try {
    return await openServerSession(session.url);
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** The copies of one fixture that are not dropped yet. */
class Copies {
  readonly #parts: FixtureParts;
  readonly #creating: ServerSession;
  readonly #maker: CopyMaker;
  readonly #open = new Set<FixtureDatabase>();
  /** Drops that nobody waits for. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(parts: FixtureParts, creating: ServerSession) {
    const { session, template, options } = parts;
    this.#parts = parts;
    this.#creating = creating;
    this.#maker = createCopyMaker(template.key, session, creating, options.strategy);
  }

  async create(): Promise<FixtureDatabase> {
    const { session, template, contents } = this.#parts;
    const name = this.#maker.nextName();
    const [row] = await this.#creating.run<{ mark: string }>(
      "SELECT pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()) AS mark",
    );
    await this.#maker.copy(template.name, name, template.settings);
    const copy = createDatabase({
      name,
      url: withDatabaseName(session.url, name),
      contents,
      mark: row!.mark,
      session,
      maker: this.#maker,
      onGone: () => void this.#open.delete(copy),
    });
    this.#open.add(copy);
    return copy;
  }

  dropLater(copy: FixtureDatabase): void {
    const work = copy
      .drop()
      .catch((error: unknown) => report(this.#parts.options, notDropped(error)))
      .finally(() => this.#leaving.delete(work));
    this.#leaving.add(work);
  }

  async dropAll(): Promise<void> {
    await Promise.all(this.#leaving);
    for (const copy of this.#open) await copy.drop();
  }
}

function closedError(): UsageError {
  return new UsageError("the fixture is closed", { hint: "close it after the last test" });
}

/** Never throws: the test's own error is the one that matters. */
async function afterFailure(copy: FixtureDatabase, options: FixtureOptions): Promise<void> {
  try {
    const keeps = options.keepOnFailure ?? (process.env["NEXUSHUB_DUMP_KEEP"] ?? "") !== "";
    if (keeps) report(options, `the test's database was kept: ${await copy.keep()}`);
    await copy.drop();
  } catch (error) {
    report(options, notDropped(error));
  }
}

function notDropped(error: unknown): string {
  return `the test's database could not be dropped: ${(error as Error).message}`;
}

function report({ onMessage }: FixtureOptions, message: string): void {
  if (onMessage === undefined) process.stderr.write(`${message}\n`);
  else onMessage(message);
}
