/**
 * What emitters say of the servers that statements need, against the patterns by which archives of format 1 are read,
 * over every case of the corpus: where they differ the emitters know more.
 */
import { describe, expect, test } from "vitest";
import { readCatalog } from "../../src/catalog/read.ts";
import { serverVersion } from "../../src/catalog/version.ts";
import { catalogQuery } from "../support/catalog-query.ts";
import { planDump } from "../../src/plan/plan.ts";
import type { PlannedObject } from "../../src/plan/planned-objects.ts";
import { withFormat1Features } from "../../src/restore/decide/format-1-features.ts";
import { corpus, type CorpusCase, dropSubscriptions, loadCase } from "../support/corpus.ts";
import { withDatabase } from "../support/postgres.ts";

/** By case, the features that statements do not show, each with its object. */
const BEYOND_PATTERNS: Readonly<Record<string, readonly string[]>> = {
  // Inherited, or named in an ALTER TABLE; of the domain the name is the server's own.
  "comment--not-null": [
    "comment CONSTRAINT late ON public.t: not-null-comment",
    "comment CONSTRAINT must ON public.kid: not-null-comment",
  ],
  // To validate a constraint says nothing of its kind.
  "constraint--eighteen": [
    "check-constraint nn_child c_later: not-null-constraint",
    "check-constraint nn_child2 c_later: not-null-constraint",
    "comment CONSTRAINT c_later ON public.nn: not-null-comment",
  ],
  "constraint--eighteen-trees": ["check-constraint w_c w_nn: not-null-constraint"],
  // Archives of format 1 had no statement for it.
  "table--generated-changed": [
    "table c: expression-change",
    "table changed_below_1: expression-change",
  ],
  "type--domain-not-null": [
    "comment CONSTRAINT d2_not_null ON DOMAIN public.d2: domain-not-null-comment",
  ],
};

/** Cases of a major: all of the newest, and of the others those that the newest has not or that came with them. */
function casesOf(major: number): CorpusCase[] {
  return corpus(major).filter(
    ({ oldest, newest }) => major === 18 || oldest === major || newest === major,
  );
}

async function plannedObjects(it: CorpusCase, major: number): Promise<readonly PlannedObject[]> {
  return withDatabase(
    async (database) => {
      await loadCase(database, it);
      const client = await database.client();
      await client.query("SET search_path = ''");
      const catalog = await readCatalog(catalogQuery(client), serverVersion(major * 10_000));
      await dropSubscriptions(database);
      return planDump(catalog, {
        noTablespaces: false,
        noTableAccessMethod: false,
        userMappingSecrets: false,
        databaseProperties: true,
        owner: true,
        privileges: true,
        schemaOnly: false,
        dataOnly: false,
      }).objects;
    },
    { major, encoding: it.encoding },
  );
}

interface Featured {
  readonly kind: string;
  readonly name: string;
  readonly features: readonly { readonly code: string }[];
}

function facts(objects: readonly Featured[]): string[] {
  return objects
    .flatMap(({ kind, name, features }) => features.map(({ code }) => `${kind} ${name}: ${code}`))
    .sort();
}

describe.each([14, 15, 16, 17, 18])("PostgreSQL %i", (major) => {
  test.each(casesOf(major).map((it) => [it.name, it] as const))("%s", async (name, it) => {
    const objects = await plannedObjects(it, major);
    const beyond = BEYOND_PATTERNS[name] ?? [];
    const shown = withFormat1Features(
      objects.map((object) => ({ ...object, requires: [], features: [] })),
    );
    expect(facts(objects)).toEqual([...facts(shown), ...beyond].sort());
  });
});
