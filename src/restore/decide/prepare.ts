/**
 * Makes the target fit for a restore, or refuses it: empty for a whole archive, without the chosen relations for some,
 * with the tables in place for rows alone. Everything happens inside the restore's transaction.
 */
import type { Manifest, ManifestRelation } from "../../archive/format/manifest.ts";
import type { Connection } from "../../pg/connection.ts";
import { qualify } from "../../sql/ident.ts";
import { quoteLiteral } from "../../sql/literal.ts";
import { planDataOnly } from "./data-only.ts";
import { dropPlan, obstacles } from "../target/contents.ts";
import { refuseNotEmpty, refuseUndroppable } from "./refusals.ts";
import { type Selection, RELATIONS } from "./selection.ts";
import {
  findRelations,
  readForeignKeys,
  readTargetContents,
  readTriggers,
  type TargetRelation,
} from "../target/read.ts";

export interface Prepared {
  /** Statements that drop or empty what is in the way, and what they drop, for people. */
  readonly drops: readonly string[];
  readonly dropped: readonly string[];
  /** Statements around the loading of rows. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The relations in the order in which to load them. */
  readonly relations: readonly ManifestRelation[];
  /** Whether a relation's rows may be frozen. */
  readonly freeze: (relation: ManifestRelation) => boolean;
}

const NOTHING = { drops: [], dropped: [], before: [], after: [] };

/** For a whole archive. */
export async function prepareEmpty(
  connection: Connection,
  manifest: Manifest,
  selection: Selection,
  force: boolean,
): Promise<Prepared> {
  const contents = await readTargetContents(connection);
  const found = obstacles(contents);
  if (!force) refuseNotEmpty(found, connection.label);
  const wanted = manifest.objects
    .filter(({ kind }) => kind === "extension")
    .map(({ name }) => name);
  const { statements, refused } = dropPlan(contents, new Set(wanted));
  if (force) refuseUndroppable(refused, connection.label);
  return {
    ...NOTHING,
    ...(force ? { drops: statements, dropped: found } : {}),
    relations: selection.relations,
    freeze: () => true,
  };
}

/** `relkind`s and the word of DROP, in the order in which they can be dropped. */
const WORDS: readonly (readonly [kinds: string, word: string])[] = [
  ["m", "MATERIALIZED VIEW"],
  ["v", "VIEW"],
  ["f", "FOREIGN TABLE"],
  ["rp", "TABLE"],
  ["S", "SEQUENCE"],
];

/** For chosen relations: only these must be absent. */
export async function prepareSelected(
  connection: Connection,
  selection: Selection,
  force: boolean,
): Promise<Prepared> {
  const names = selection.objects.flatMap(({ id, kind, namespace, name }) =>
    namespace !== null && RELATIONS.has(kind) && !selection.needed.has(id)
      ? [{ namespace, name }]
      : [],
  );
  const found = await findRelations(connection, names);
  const byWord = WORDS.map(([kinds, word]) => ({
    word,
    names: found
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ namespace, name }) => qualify(namespace, name)),
  })).filter((group) => group.names.length > 0);
  const labels = byWord.flatMap((group) =>
    group.names.map((name) => `${group.word.toLowerCase()} ${name}`),
  );
  if (!force) refuseNotEmpty(labels, connection.label);
  return {
    ...NOTHING,
    // Without CASCADE: what leans on a chosen table may itself not have been chosen.
    drops: byWord.map((group) => `DROP ${group.word} IF EXISTS ${group.names.join(", ")}`),
    dropped: labels,
    relations: selection.relations,
    freeze: () => true,
  };
}

/** For rows alone: the tables must be there, and empty unless they may be emptied. */
export async function prepareDataOnly(
  connection: Connection,
  selection: Selection,
  major: number,
  { force, disableTriggers }: { readonly force: boolean; readonly disableTriggers: boolean },
): Promise<Prepared> {
  const tables = selection.relations.filter(({ kind }) => kind === "table");
  const relations = await findRelations(connection, tables);
  const oids = relations.map(({ oid }) => oid);
  const plan = planDataOnly(selection.relations, {
    relations,
    foreignKeys: await readForeignKeys(connection, major),
    triggers: disableTriggers ? await readTriggers(connection, oids) : [],
    empty: force,
  });
  const filled = await nonEmpty(connection, relations);
  if (!force)
    refuseNotEmpty(
      filled.map((name) => `rows in table ${name}`),
      connection.label,
    );
  const plain = new Set(
    relations
      .filter(({ kind }) => kind === "r")
      .map(({ namespace, name }) => qualify(namespace, name)),
  );
  return {
    drops: [],
    dropped: force ? filled.map((name) => `rows of table ${name}`) : [],
    before: plan.before,
    after: plan.after,
    relations: plan.relations,
    // Emptied in this transaction; a partitioned table cannot be frozen into.
    freeze: ({ namespace, name }) => force && plain.has(qualify(namespace, name)),
  };
}

/** Tables asked in one statement whether they hold rows. */
const BATCH = 200;

async function nonEmpty(
  connection: Connection,
  relations: readonly TargetRelation[],
): Promise<string[]> {
  const names = relations.map(({ namespace, name }) => qualify(namespace, name));
  const found: string[] = [];
  for (let at = 0; at < names.length; at += BATCH) {
    const rows = await connection.query<{ name: string }>(
      names
        .slice(at, at + BATCH)
        .map((name) => `SELECT ${quoteLiteral(name)} AS name WHERE EXISTS (SELECT FROM ${name})`)
        .join(" UNION ALL "),
    );
    found.push(...rows.map(({ name }) => name));
  }
  return found;
}
