/** Archives compared without a server: counts, samples, columns that differ, and more rows than a bucket holds. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diff } from "../../../src/diff/diff.ts";
import { format1PrimaryKeys, keyColumns } from "../../../src/diff/format-1-primary-keys.ts";
import { primaryKeys } from "../../../src/diff/primary-keys.ts";
import { fieldValue, keyOf, project } from "../../../src/diff/rows.ts";
import { copyField } from "../../../src/sql/copy-text.ts";
import { diffText } from "../../../src/cli/diff-text.ts";
import type { Manifest, ManifestHead } from "../../../src/archive/format/manifest.ts";
import { anyText } from "../../support/any-text.ts";
import { MemoryStore, type SampleTable, writeSample } from "../../support/archives.ts";

type Relation = Manifest["relations"][number];

interface Keyed extends SampleTable {
  readonly key?: string;
}

/** An archive whose tables have primary keys, as the dump writes them. */
async function archive(
  tables: readonly Keyed[],
  change: (head: ManifestHead) => ManifestHead = (head) => head,
  partBytes = 64 * 1024,
): Promise<MemoryStore> {
  const store = new MemoryStore();
  const object = (id: number, name: string, statement: string) => ({
    id,
    kind: "table",
    namespace: "public",
    name,
    section: "pre-data" as const,
    statements: [statement],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  });
  await writeSample(
    await store.create(),
    {
      tables,
      change: (head) =>
        change({
          ...head,
          objects: tables.map(({ name, columns }, i) =>
            object(i, name, `CREATE TABLE public.${name} (${columns.join(", ")})`),
          ),
          relations: head.relations.map((relation, i) => {
            const key = tables[i]!.key;
            return { ...relation, object: i, primaryKey: key === undefined ? [] : [key] };
          }),
        }),
    },
    { partBytes },
  );
  return store;
}

const users = (text: string): Keyed => ({
  name: "users",
  columns: ["id", "email"],
  key: "id",
  text,
});

describe("diff of archives", () => {
  test("finds nothing in equal archives whose rows lie in another order", async () => {
    const a = await archive([users("1\ta\n2\tb\n3\tc\n")]);
    const b = await archive([users("3\tc\n1\ta\n2\tb\n")], undefined, 4);
    expect(await diff(a, b)).toMatchObject({ equal: true, relations: [], comparedRelations: 1 });
  });

  test("warns of a side that holds a sample, and of partitions of which one does", async () => {
    const sampled =
      (names: readonly string[], loadThrough: string | null) => (head: ManifestHead) => ({
        ...head,
        partial: true,
        relations: head.relations.map((relation) => ({
          ...relation,
          sample: names.includes(relation.name) ? "newest 2" : null,
          loadThrough: loadThrough === null ? null : { namespace: "public", name: loadThrough },
        })),
      });
    const part = (name: string): Keyed => ({ ...users("1\ta\n"), name });
    for (const [tables, root, label] of [
      [[part("users")], null, "users"],
      [[part("one"), part("two")], "users", "users"],
    ] as const) {
      const a = await archive(tables, sampled([tables.at(-1)!.name], root));
      const b = await archive(tables, sampled([], root));
      expect((await diff(a, b)).warnings.map(({ message }) => message)).toEqual([
        `table public.${label}: a side holds only some rows (sample: newest 2)`,
      ]);
    }
  });

  test("counts rows added, removed and changed, and hides values", async () => {
    const a = await archive([users("1\tann@example.org\n2\tb\n3\tc\n")]);
    const b = await archive([users("1\tanna@example.org\n3\tc\n4\td\n")]);
    const result = await diff(a, b);
    expect(result.relations).toEqual([
      {
        namespace: "public",
        name: "users",
        key: ["id"],
        added: 1,
        removed: 1,
        changed: 1,
        changedColumns: { email: 1 },
        samples: [
          {
            change: "changed",
            key: { id: "1" },
            columns: { email: { before: "‹15 characters›", after: "‹16 characters›" } },
          },
          { change: "added", key: { id: "4" }, columns: {} },
          { change: "removed", key: { id: "2" }, columns: {} },
        ],
      },
    ]);
    expect(JSON.stringify(result) + diffText(result)).not.toContain("ann");
    const shown = await diff(a, b, { showValues: true });
    expect(shown.relations[0]?.samples[0]?.columns).toEqual({
      email: { before: "ann@example.org", after: "anna@example.org" },
    });
    expect(diffText(shown)).toContain('~ id="1"  email: "ann@example.org" → "anna@example.org"');
  });

  test("pairs whole rows as often as they occur where there is no primary key", async () => {
    const table = (text: string): Keyed => ({ name: "t", columns: ["x"], text });
    const result = await diff(
      await archive([table("a\na\nb\n")]),
      await archive([table("a\nc\nc\n")]),
    );
    expect(result.relations[0]).toMatchObject({ key: [], added: 2, removed: 2, changed: 0 });
  });

  test("compares common columns when a column was added or moved, and says so", async () => {
    const a = await archive([
      { name: "t", columns: ["id", "x", "y"], key: "id", text: "1\tp\tq\n2\tr\ts\n" },
    ]);
    const b = await archive([
      { name: "t", columns: ["y", "id", "z"], key: "id", text: "q\t1\tn\nS\t2\tn\n" },
    ]);
    const { relations, warnings } = await diff(a, b);
    expect(relations[0]).toMatchObject({
      changed: 1,
      added: 0,
      removed: 0,
      changedColumns: { y: 1 },
    });
    expect(warnings).toEqual([
      {
        code: "not-compared",
        object: "table public.t",
        message: "table public.t: only on one side and not compared: x, z",
      },
    ]);
  });

  test("does not compare masked columns", async () => {
    const mask = (head: ManifestHead): ManifestHead => ({
      ...head,
      partial: true,
      relations: head.relations.map((relation) => ({ ...relation, masked: ["email"] })),
    });
    const result = await diff(
      await archive([users("1\ta\n")]),
      await archive([users("1\tx\n")], mask),
    );
    expect(result).toMatchObject({
      equal: true,
      warnings: [
        {
          code: "not-compared",
          object: "table public.users",
          message: "table public.users: masked and not compared: email",
        },
      ],
    });
  });

  test("names objects and sequences that differ, as SQL", async () => {
    const a = await archive([users("")], (head) => ({
      ...head,
      sequences: [{ namespace: "public", name: "s", lastValue: "4", isCalled: true, object: null }],
    }));
    const b = await archive([
      { ...users(""), columns: ["id", "mail"] },
      { name: "t", columns: ["x"], text: "" },
    ]);
    const { objects, sequences, equal } = await diff(a, b);
    expect(equal).toBe(false);
    expect(objects.added.map(({ name }) => name)).toEqual(["t"]);
    expect(objects.changed).toEqual([
      {
        kind: "table",
        namespace: "public",
        name: "users",
        before: "CREATE TABLE public.users (id, email);",
        after: "CREATE TABLE public.users (id, mail);",
      },
    ]);
    expect(sequences).toEqual([
      { namespace: "public", name: "s", before: "4, called", after: null },
    ]);
  });

  test("spreads over temporary files what does not fit, with the same result", async () => {
    const rows = (from: number, change: number): string =>
      Array.from({ length: 6_000 }, (_, i) => {
        const id = (i * 7919) % 6_000;
        return `${id + from}\t${"x".repeat(1_200)}${id === change ? "!" : ""}\n`;
      }).join("");
    const a = await archive([users(rows(0, 500))], undefined, 1 << 20);
    const b = await archive([users(rows(10, 4_000))], undefined, 1 << 20);
    const { relations } = await diff(a, b);
    // Shifting by ten moves both marks to other keys.
    expect(relations[0]).toMatchObject({ added: 10, removed: 10, changed: 2 });
  });
});

describe("rows", () => {
  test("reads back any value of COPY text, and finds its key", () => {
    const value = fc.option(anyText().filter((text) => !text.includes("\0")));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.nat(), (fields, pick) => {
        const at = pick % fields.length;
        const row = Buffer.from(fields.map(copyField).join("\t"));
        const key = Buffer.from(keyOf([at])(row, 0, row.length), "latin1");
        expect(fieldValue(key, 0, key.length, "utf8")).toBe(fields[at]);
        const places = fields.map((_, place) => place).reverse();
        const turned = project(Buffer.concat([row, Buffer.from("\n")]), places);
        expect(turned.toString()).toBe(`${fields.toReversed().map(copyField).join("\t")}\n`);
      }),
    );
  });

  test("format 1: reads quoted names out of a primary key's statement", () => {
    const statement =
      'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "a b" PRIMARY KEY (id, "x, ""y""") WITH (fillfactor=70)';
    expect(keyColumns(statement)).toEqual(["id", 'x, "y"']);
    expect(keyColumns("ALTER TABLE ONLY t\n    ADD CONSTRAINT u UNIQUE (id)")).toBeUndefined();
  });

  test("takes keys from the manifest, from statements only in archives of format 1", () => {
    const statement = "ALTER TABLE ONLY t\n    ADD CONSTRAINT k PRIMARY KEY (old)";
    const manifest = (format: 1 | 2): Manifest =>
      ({
        format,
        objects: [{ kind: "key-constraint", parent: 7, statements: [statement] }],
      }) as unknown as Manifest;
    const relation = { kind: "table", object: 7, primaryKey: ["new"] } as unknown as Relation;
    const pages = {
      kind: "large-objects",
      columns: ["loid", "position", "bytes"],
      primaryKey: [],
    } as unknown as Relation;
    expect(primaryKeys(manifest(2))(relation)).toEqual(["new"]);
    expect(primaryKeys(manifest(1))(relation)).toEqual(["old"]);
    expect(format1PrimaryKeys(manifest(1))({ ...relation, object: 8 })).toEqual([]);
    expect(primaryKeys(manifest(1))(pages)).toEqual(["loid", "position"]);
  });
});
