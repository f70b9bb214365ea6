/** A random schema while it grows: what was created so far, the random choices, and the server that judges each statement. */
import { escapeIdentifier, type Client, type QueryResultRow } from "pg";
import type { Random } from "../../../src/nexushub/demo-data/random.ts";
import { hostileName } from "./names.ts";
import { builtInTypes, type ValueType } from "./values.ts";

export interface Column {
  readonly name: string;
  readonly type: ValueType;
  readonly isGenerated: boolean;
}

export type RelationKind = "table" | "partitioned" | "partition" | "foreign" | "view" | "matview";

export interface Relation {
  readonly name: string;
  readonly kind: RelationKind;
  columns: Column[];
  /** The columns of unique keys that foreign keys can refer to. */
  readonly keys: Column[][];
  /** A column that is added later would stand in front of a child's own columns when that is created anew. */
  hasChildren?: boolean;
  /** Chance, or the order of the rows that its query reads, decides which rows it has. */
  readonly rowsVary?: boolean;
}

/** A function that SQL can call: `name(a, b)` gives a value of `result`. */
export interface Callable {
  readonly name: string;
  readonly arguments: readonly ValueType[];
  readonly result: ValueType;
}

/** Every object that comments, owners and privileges can be given to, as those statements name it. */
export interface Target {
  /** `TABLE`, `FUNCTION`. */
  readonly word: string;
  readonly name: string;
  readonly relation?: Relation;
}

/** Roles of the cluster that own objects and get privileges. */
const ROLES = ["random_alice", 'random "bob"', "random.user"].map(escapeIdentifier);

/** Roles stay: other databases of the server may have objects of theirs. */
export async function createRoles(admin: (sql: string) => Promise<unknown>): Promise<void> {
  for (const role of ROLES)
    await admin(`CREATE ROLE ${role}`).catch((error: { code?: string }) => {
      if (error.code !== "42710" && error.code !== "23505") throw error;
    });
}

export class SchemaBuilder {
  readonly random: Random;
  readonly major: number;
  /** Ends names of objects that live in no schema. */
  readonly suffix: string;
  readonly schemas: string[] = [];
  readonly types: ValueType[];
  readonly relations: Relation[] = [];
  readonly functions: Callable[] = [];
  readonly triggerFunctions: string[] = [];
  readonly sequences: string[] = [];
  readonly collations: string[] = ['"C"', '"POSIX"'];
  readonly targets: Target[] = [];
  /** Materialized views with rows. */
  readonly filled: Relation[] = [];
  /** Statements that the server took, in order. */
  readonly statements: string[] = [];
  refused = 0;
  #client: Client;
  #count = 0;

  constructor(client: Client, options: { random: Random; major: number; suffix: string }) {
    this.#client = client;
    this.random = options.random;
    this.major = options.major;
    this.suffix = options.suffix;
    this.types = [...builtInTypes(options.major)];
  }

  /** Runs a statement; what the server refuses is not part of the schema. */
  async run(sql: string): Promise<boolean> {
    try {
      await this.#client.query(sql);
      this.statements.push(sql);
      return true;
    } catch (error) {
      this.refused++;
      if (process.env["NEXUSHUB_DUMP_RANDOM_SHOW"] !== undefined)
        process.stderr.write(`refused: ${(error as Error).message}: ${sql}\n`);
      return false;
    }
  }

  /** Rows of the catalogs, in an order that the query gives them. */
  async read<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.#client.query<Row>(sql)).rows;
  }

  /** Runs a statement that creates something; `target` can then be commented on, granted and owned. */
  async create(sql: string, target?: Target): Promise<boolean> {
    const isDone = await this.run(sql);
    if (isDone && target !== undefined) this.targets.push(target);
    return isDone;
  }

  /** A name for something in a relation, or in a function. */
  name(): string {
    return hostileName(this.random);
  }

  /** A name that nothing else has. */
  uniqueName(): string {
    return hostileName(this.random, `${this.suffix}${++this.#count}`);
  }

  /** A new qualified name. */
  qualified(): string {
    // Now and then a name that is taken elsewhere: the schema must tell them apart.
    const name = this.random.chance(0.5) ? this.uniqueName() : this.name();
    return `${this.random.pick(this.schemas)}.${name}`;
  }

  type(): ValueType {
    const { random, types } = this;
    const built = builtInTypes(this.major).length;
    return types.length > built && random.chance(0.3)
      ? types[random.between(built, types.length - 1)]!
      : random.pick(types);
  }

  typeWhere(accept: (type: ValueType) => boolean): ValueType {
    return this.random.pick(this.types.filter(accept));
  }

  value(type: ValueType): string {
    return this.random.chance(0.05) ? `NULL::${type.sql}` : this.random.pick(type.values);
  }

  maybe(probability: number, text: string | (() => string)): string {
    if (!this.random.chance(probability)) return "";
    return typeof text === "string" ? text : text();
  }

  /** Some of the items, at least one, in random order. */
  some<Item>(items: readonly Item[], atMost = items.length): Item[] {
    const left = [...items];
    const count = this.random.between(1, Math.max(1, Math.min(atMost, left.length)));
    return Array.from({ length: Math.min(count, left.length) }, () =>
      left.splice(this.random.below(left.length), 1),
    ).flat();
  }

  relation(...kinds: readonly RelationKind[]): Relation | undefined {
    const fitting = this.relations.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
    return fitting.length === 0 ? undefined : this.random.pick(fitting);
  }

  role(): string {
    return this.random.pick(ROLES);
  }
}
