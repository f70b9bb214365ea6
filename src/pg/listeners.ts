/** What listens to a server's warnings and to the tags of its commands, until the connection is given back. */
import type pg from "pg";
import { driverClient } from "./driver.ts";
import { type WarningListener, warningListener } from "./notices.ts";

/** Receives the tag of a completed command: `CREATE TABLE`, `COPY 12` (PostgreSQL docs, 55.7, CommandComplete). */
export type CommandListener = (tag: string) => void;

export class Listeners {
  readonly #client: pg.ClientBase;
  readonly #removals: (() => void)[] = [];
  #commandListener: CommandListener | undefined;
  /** What a listener of warnings threw; the statement that is running, or the next one, throws it. */
  thrown: { readonly error: unknown } | undefined;

  constructor(client: pg.ClientBase) {
    this.#client = client;
  }

  onWarning(listener: WarningListener): void {
    const onNotice = warningListener(listener, (error) => {
      this.thrown ??= { error };
    });
    this.#client.on("notice", onNotice);
    this.#removals.push(() => this.#client.off("notice", onNotice));
  }

  /** The listener must not throw. It takes the place of an earlier one. */
  onCommand(listener: CommandListener): void {
    const isFirst = this.#commandListener === undefined;
    this.#commandListener = listener;
    if (!isFirst) return;
    const { connection } = driverClient(this.#client);
    const onComplete = ({ text }: { readonly text: string }): void => this.#commandListener?.(text);
    connection.on("commandComplete", onComplete);
    this.#removals.push(() => connection.off("commandComplete", onComplete));
  }

  removeAll(): void {
    for (const remove of this.#removals.splice(0)) remove();
  }
}
