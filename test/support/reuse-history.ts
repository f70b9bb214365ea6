/** Random histories of a few tables: everything that changes rows, files, columns or types, in transactions of every kind. */
import type pg from "pg";

/** A generator of numbers that gives the same for the same seed (mulberry32). */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

type Random = ReturnType<typeof randomOf>;

/** Statements for a table. Some fail, as in life: a lock that is not free, a column that is gone. */
type Step = (table: string, random: Random) => string;

const value = (random: Random): string => `repeat(chr(${97 + random(26)}), ${random(300)})`;
const where = (random: Random): string => `id % ${2 + random(60)} = ${random(60)}`;

/** Changes of rows, which any kind of transaction may hold. */
const CHANGES: readonly Step[] = [
  (t, r) =>
    `INSERT INTO ${t} (id, note) SELECT (SELECT COALESCE(max(id), 0) FROM ${t}) + i, ${value(r)} FROM generate_series(1, ${1 + r(60)}) i`,
  (t, r) => `UPDATE ${t} SET note = ${value(r)} WHERE ${where(r)}`,
  // Not indexed, and there is room in the block: a HOT update.
  (t, r) => `UPDATE ${t} SET count = count + 1 WHERE ${where(r)}`,
  (t, r) => `UPDATE ${t} SET id = -id WHERE ${where(r)}`,
  (t, r) => `DELETE FROM ${t} WHERE ${where(r)}`,
  (t, r) => `DELETE FROM ${t} WHERE id > (SELECT max(id) FROM ${t}) - ${r(200)}`,
  // The same transaction may use a ctid again.
  (t, r) =>
    `INSERT INTO ${t} (id, note) VALUES (1000000, 'x'); DELETE FROM ${t} WHERE id = 1000000; INSERT INTO ${t} (id, note) VALUES (1000000, ${value(r)}); DELETE FROM ${t} WHERE id = 1000000`,
  (t, r) =>
    `INSERT INTO ${t} (id, note) VALUES (${1 + r(500)}, ${value(r)}) ON CONFLICT (id) DO UPDATE SET note = excluded.note`,
  (t, r) => `SELECT FROM ${t} WHERE ${where(r)} FOR UPDATE`,
  (t, r) => `UPDATE ${t} SET big = repeat(md5('${r(1000)}'), 200) WHERE ${where(r)}`,
];

/** What stands alone, outside of a transaction. */
const ALONE: readonly Step[] = [
  (t) => `VACUUM ${t}`,
  (t) => `VACUUM (FREEZE) ${t}`,
  (t) => `VACUUM FULL ${t}`,
  (t) => `CLUSTER ${t} USING ${t}_pkey`,
  (t) => `ANALYZE ${t}`,
  () => `CHECKPOINT`,
];

/** Changes of files, columns and types. */
const DEFINITIONS: readonly Step[] = [
  (t) => `TRUNCATE ${t}`,
  (t, r) =>
    `BEGIN; TRUNCATE ${t}; COPY ${t} (id, note) FROM PROGRAM 'printf "1\\tfrozen ${r(100)}\\n2\\tfrozen\\n"' WITH (FREEZE); COMMIT`,
  (t, r) => `ALTER TABLE ${t} ADD COLUMN c${r(4)} text DEFAULT '${r(10)}'`,
  (t, r) => `ALTER TABLE ${t} ADD COLUMN c${r(4)} int`,
  (t, r) => `ALTER TABLE ${t} DROP COLUMN IF EXISTS c${r(4)}`,
  (t, r) => `ALTER TABLE ${t} RENAME COLUMN c${r(4)} TO c${r(4)}`,
  (t, r) => `ALTER TABLE ${t} ALTER COLUMN note TYPE varchar(${1000 + r(9)})`,
  (t) => `ALTER TABLE ${t} ALTER COLUMN note TYPE text`,
  (t) => `ALTER TABLE ${t} ALTER COLUMN note TYPE char(310)`,
  // No rewrite where the time zone is UTC.
  (t) => `SET timezone = 'UTC'; ALTER TABLE ${t} ALTER COLUMN at TYPE timestamptz`,
  (t) => `SET timezone = 'UTC'; ALTER TABLE ${t} ALTER COLUMN at TYPE timestamp`,
  (t) => `ALTER TABLE ${t} ALTER COLUMN count TYPE bigint`,
  (t) => `ALTER TABLE ${t} ALTER COLUMN count TYPE int`,
  (t) => `ALTER TABLE ${t} SET UNLOGGED`,
  (t) => `ALTER TABLE ${t} SET LOGGED`,
  (t) => `ALTER TABLE ${t} ALTER COLUMN note SET STATISTICS 7`,
  (_t, r) => `ALTER TYPE mood RENAME VALUE 'm${r(4)}' TO 'm${r(9)}'`,
  (_t, r) => `ALTER TYPE mood ADD VALUE IF NOT EXISTS 'm${r(9)}'`,
  (_t, r) => `ALTER TYPE composite RENAME ATTRIBUTE a TO "a${r(9)}"`,
  (_t, r) => `ALTER TABLE used_as_type ADD COLUMN x${r(9)} int`,
  (_t, r) => `ALTER TABLE used_as_type DROP COLUMN IF EXISTS x${r(9)}`,
  (t) => `ALTER TABLE ${t} RENAME TO ${t}_renamed; ALTER TABLE ${t}_renamed SET SCHEMA elsewhere`,
  (t) =>
    `ALTER TABLE elsewhere.${t}_renamed SET SCHEMA public; ALTER TABLE ${t}_renamed RENAME TO ${t}`,
  (t) =>
    `CREATE TABLE root_${t} (LIKE ${t}) PARTITION BY RANGE (id); ALTER TABLE root_${t} ATTACH PARTITION ${t} DEFAULT`,
  (t) => `ALTER TABLE root_${t} DETACH PARTITION ${t}; DROP TABLE root_${t}`,
  (t) => `ALTER TABLE ${t} INHERIT parent`,
  (t) => `ALTER TABLE ${t} NO INHERIT parent`,
];

export const HISTORY_SCHEMA = `
  CREATE SCHEMA elsewhere;
  CREATE TYPE mood AS ENUM ('m0', 'm1', 'm2');
  CREATE TYPE composite AS (a int, b mood);
  CREATE TABLE used_as_type (a int, b mood);
  CREATE TABLE parent (id int, note text);`;

/** A table with a column of every kind of type whose text something else can change. */
export function historyTable(name: string): string {
  return `CREATE TABLE ${name} (
      id int PRIMARY KEY, note text, count int DEFAULT 0, at timestamp DEFAULT '2026-01-01 00:00',
      feeling mood DEFAULT 'm0', feelings mood[] DEFAULT '{m1,m2}', pair composite DEFAULT '(1,m1)',
      line used_as_type DEFAULT '(1,m1)', big text, price money DEFAULT 1.5
    ) WITH (fillfactor = 70);
    ALTER TABLE ${name} ALTER big SET STORAGE EXTERNAL;
    INSERT INTO ${name} (id, note) SELECT i, 'row ' || i FROM generate_series(1, 300) i`;
}

/** Runs random steps, and remembers what ran. */
export class History {
  readonly log: string[] = [];
  readonly #random: Random;
  readonly #client: pg.Client;
  readonly #tables: readonly string[];
  /** Clients with a transaction that stays open. */
  readonly #open: readonly pg.Client[];
  readonly #isOpen: boolean[];
  #prepared: string[] = [];
  #names = 0;

  constructor(
    seed: number,
    tables: readonly string[],
    client: pg.Client,
    open: readonly pg.Client[],
  ) {
    this.#random = randomOf(seed);
    this.#tables = tables;
    this.#client = client;
    this.#open = open;
    this.#isOpen = open.map(() => false);
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#random(list.length)]!;
  }

  #changes(tables: readonly string[] = this.#tables): string {
    return Array.from({ length: 1 + this.#random(3) }, () =>
      this.#pick(CHANGES)(this.#pick(tables), this.#random),
    ).join("; ");
  }

  /** Tables that transactions which stay open may lock; the others can always be altered. */
  get #lockable(): readonly string[] {
    return this.#tables.slice(0, this.#tables.length / 2);
  }

  async #run(client: pg.Client, sql: string, name = ""): Promise<boolean> {
    try {
      await client.query(sql);
      this.log.push(`${name}${sql}`);
      return true;
    } catch (error) {
      this.log.push(`${name}${sql} -- ${(error as Error).message}`);
      await client.query("ROLLBACK");
      return false;
    }
  }

  /** One step of the history. */
  async step(): Promise<void> {
    const random = this.#random;
    const table = this.#pick(this.#tables);
    const kind = random(20);
    if (kind < 7) await this.#run(this.#client, this.#changes());
    else if (kind < 9) await this.#run(this.#client, `BEGIN; ${this.#changes()}; ROLLBACK`);
    else if (kind < 11) await this.#run(this.#client, this.#subtransactions());
    else if (kind < 13) await this.#run(this.#client, this.#pick(ALONE)(table, random));
    else if (kind < 16) await this.#run(this.#client, this.#pick(DEFINITIONS)(table, random));
    else if (kind < 18) await this.#longTransaction();
    else await this.#preparedTransaction();
  }

  #subtransactions(): string {
    const end = this.#pick(["RELEASE s", "ROLLBACK TO s", "ROLLBACK TO s; RELEASE s"]);
    return `BEGIN; ${this.#changes()}; SAVEPOINT s; ${this.#changes()}; ${end}; ${this.#changes()}; ${this.#pick(["COMMIT", "COMMIT", "ROLLBACK"])}`;
  }

  /** Begins, continues or ends a transaction that other steps and dumps meet. */
  async #longTransaction(): Promise<void> {
    const index = this.#random(this.#open.length);
    const client = this.#open[index]!;
    if (!this.#isOpen[index]) {
      const sql = `BEGIN; ${this.#changes(this.#lockable)}; SAVEPOINT s; ${this.#changes(this.#lockable)}`;
      this.#isOpen[index] = await this.#run(client, sql, `${index}: `);
    } else if (this.#random(3) === 0) {
      this.#isOpen[index] = await this.#run(client, this.#changes(this.#lockable), `${index}: `);
    } else {
      this.#isOpen[index] = false;
      await this.#run(
        client,
        this.#pick(["COMMIT", "ROLLBACK TO s; COMMIT", "ROLLBACK"]),
        `${index}: `,
      );
    }
  }

  async #preparedTransaction(): Promise<void> {
    if (this.#prepared.length < 2 && this.#random(2) === 0) {
      const name = `p${this.#names++}`;
      const sql = `BEGIN; ${this.#changes(this.#lockable)}; PREPARE TRANSACTION '${name}'`;
      if (await this.#run(this.#client, sql)) this.#prepared.push(name);
      return;
    }
    const name = this.#prepared.shift();
    if (name === undefined) return;
    await this.#run(this.#client, `${this.#pick(["COMMIT", "ROLLBACK"])} PREPARED '${name}'`);
  }

  /** Ends transactions that are open, so that nothing waits for them. */
  async end(): Promise<void> {
    for (const [index, client] of this.#open.entries()) {
      if (this.#isOpen[index]) await this.#run(client, "COMMIT", `${index}: `);
      this.#isOpen[index] = false;
    }
    for (const name of this.#prepared.splice(0)) {
      await this.#run(this.#client, `COMMIT PREPARED '${name}'`);
    }
  }
}
