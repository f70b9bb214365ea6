/**
 * Goes through a plain dump once, and keeps what psql would keep: the encoding, how strings read, whether it is complete. Gives the
 * statements to run; what one transaction and one connection make superfluous is left out: BEGIN and COMMIT around
 * large objects, limits of time, the encoding.
 */
import { ArchiveError } from "../../errors.ts";
import { DUMP_FOOTER } from "../dump-marks.ts";
import type { DumpCommand, DumpReader, DumpStatement } from "./dump-reader.ts";
import { ANY_BYTES, canRead, encodingName, UTF8 } from "./encoding.ts";
import { factsOf, type StatementFacts } from "./statement-facts.ts";

/** Something in a dump that cannot be restored. */
export interface DumpRefusal {
  readonly line: number;
  /** `\! …`, `VACUUM`. */
  readonly what: string;
  readonly hint: string;
}

export interface WalkedStatement {
  readonly statement: DumpStatement;
  readonly facts: StatementFacts;
  /** Of the statement and of the rows behind it. */
  readonly encoding: string;
}

/** What the comments at the beginning say. */
export interface DumpOrigin {
  /** `16.4`. */
  readonly serverVersion: string | null;
  /** `pg_dump version 16.4`. */
  readonly dumpedBy: string | null;
}

/** The restore sets them itself or needs none of them; a server may not know them all. */
const SUPERFLUOUS: ReadonlySet<string> = new Set([
  // Matters with standard_conforming_strings off alone. PostgreSQL 19 has removed it.
  "escape_string_warning",
  "statement_timeout",
  "lock_timeout",
  "idle_in_transaction_session_timeout",
  "idle_session_timeout",
  "transaction_timeout",
]);

const SERVER = /^Dumped from database version (.+)$/;
const PROGRAM = /^Dumped by (.+)$/;

export class DumpWalk {
  readonly #reader: DumpReader;
  readonly #refuse: (refusal: DumpRefusal) => void;
  #serverVersion: string | null = null;
  #dumpedBy: string | null = null;
  #isComplete = false;
  #encoding = UTF8;
  #restrictKey: string | null = null;
  /** The line of a BEGIN without its COMMIT. */
  #begun: number | null = null;

  constructor(reader: DumpReader, refuse: (refusal: DumpRefusal) => void) {
    this.#reader = reader;
    this.#refuse = refuse;
  }

  get origin(): DumpOrigin {
    return { serverVersion: this.#serverVersion, dumpedBy: this.#dumpedBy };
  }

  /** Whether nothing came after the line that pg_dump writes last. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The rows behind a COPY statement must be read before the next statement. */
  async *statements(): AsyncGenerator<WalkedStatement> {
    for (;;) {
      const item = await this.#reader.next();
      if (item === undefined) break;
      if (item.type === "comment") this.#comment(item.text);
      else {
        if (item.type === "command") this.#command(item);
        else {
          this.#isComplete = false;
          const facts = factsOf(item);
          if (!this.#isSuperfluous(item, facts))
            yield { statement: item, facts, encoding: this.#encoding };
        }
      }
    }
    if (this.#begun !== null) this.#refuse({ ...UNENDED, line: this.#begun });
  }

  #comment(text: string): void {
    if (`-- ${text}` === DUMP_FOOTER) this.#isComplete = true;
    this.#serverVersion ??= SERVER.exec(text)?.[1] ?? null;
    this.#dumpedBy ??= PROGRAM.exec(text)?.[1] ?? null;
  }

  /** psql runs no other command between the two, and we run none at all. */
  #command({ text, line, isWithin }: DumpCommand): void {
    const [name, key, ...more] = text.split(/\s+/);
    const isAlone = !isWithin && key !== undefined && more.length === 0;
    if (isAlone && name === "restrict" && this.#restrictKey === null) this.#restrictKey = key;
    else if (isAlone && name === "unrestrict" && this.#restrictKey === key)
      this.#restrictKey = null;
    else {
      this.#refuse({
        line,
        what: `the psql command \\${name ?? ""}`,
        hint:
          name === "connect" || name === "c"
            ? "a restore has one database, the one that you name: take the line out"
            : "no command of psql is run from a dump, and pg_dump writes no such one: find out who wrote the file",
      });
    }
  }

  #isSuperfluous({ line }: DumpStatement, facts: StatementFacts): boolean {
    if (facts.does === "set") return this.#set(facts, line);
    if (facts.does === "refused") this.#refuse({ line, what: facts.why, hint: facts.hint });
    else if (facts.does === "begin") {
      if (this.#begun !== null) this.#refuse({ ...UNENDED, line: this.#begun });
      this.#begun = line;
    } else if (facts.does === "commit") {
      if (this.#begun === null) this.#refuse({ ...UNBEGUN, line });
      this.#begun = null;
    } else return false;
    return true;
  }

  #set({ name, value }: { readonly name: string; readonly value: string }, line: number): boolean {
    if (name === "standard_conforming_strings")
      this.#reader.setStandardStrings(/^(?:on|true|yes|1|default)$/i.test(value));
    if (name !== "client_encoding") return SUPERFLUOUS.has(name);
    // Computed: the encoding of the server, in our own dumps of SQL_ASCII databases.
    this.#encoding = /^(?:server_encoding|default|)$/.test(value) ? ANY_BYTES : encodingName(value);
    if (!canRead(this.#encoding))
      this.#refuse({
        line,
        what: `the encoding ${value}`,
        hint: "dump with --encoding=UTF8, or use psql",
      });
    return true;
  }
}

const UNENDED = {
  what: "BEGIN without COMMIT",
  hint: "a restore is one transaction: take the line out",
};
const UNBEGUN = {
  what: "COMMIT without BEGIN",
  hint: "a restore is one transaction, which nothing in the dump may end: take the line out",
};

/** @throws ArchiveError only when the dump does not end as pg_dump ends one. */
export function requireComplete({ isComplete }: Pick<DumpWalk, "isComplete">): void {
  if (isComplete) return;
  throw new ArchiveError(`the dump is cut short: it does not end with "${DUMP_FOOTER}"`, {
    hint: "pg_dump failed or was interrupted, or the file was not copied whole: use another backup",
  });
}
