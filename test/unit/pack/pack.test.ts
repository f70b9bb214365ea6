/** A folder for version control and the archive that comes back from it, from archives made in memory. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ManifestHead } from "../../../src/archive/format/manifest.ts";
import { openArchive } from "../../../src/archive/reader.ts";
import type { ArchiveStore } from "../../../src/archive/storage/store.ts";
import { diff } from "../../../src/diff/diff.ts";
import { restricted, schemaText } from "../../../src/archive/schema-text.ts";
import { dataFile } from "../../../src/pack/layout.ts";
import { pack } from "../../../src/pack/pack.ts";
import { parseSection, sectionText } from "../../../src/pack/schema-file.ts";
import { sortRows } from "../../../src/pack/sort.ts";
import { unpack } from "../../../src/pack/unpack.ts";
import type { PlannedObject } from "../../../src/plan/planned-objects.ts";
import { temporaryName } from "../../../src/util/temp-file.ts";
import { anyText } from "../../support/any-text.ts";
import { MemoryStore, type SampleTable, writeSample } from "../../support/archives.ts";
import { temporaryFolder, type TemporaryFolder } from "../../support/temporary-folder.ts";

let folder: TemporaryFolder;
beforeEach(() => (folder = temporaryFolder()));
afterEach(() => folder.remove());

const object = (
  id: number,
  statements: string[],
  section: "pre-data" | "post-data" = "pre-data",
) => ({
  id,
  kind: "table" as const,
  namespace: "public",
  name: `t${id}`,
  section,
  statements,
  requires: [],
  parent: null,
  features: [],
  accessMethod: null,
  roles: [],
});

const OBJECTS = [
  object(0, ["CREATE TABLE t (\n---- not a marker\n  a text\n)", "COMMENT ON TABLE t IS 'a;\n'"]),
  object(1, ["CREATE INDEX i ON t (a)"], "post-data"),
];

const ROLE: NonNullable<ManifestHead["roleDefinitions"]>[number] = {
  name: "app",
  attributes: ["login"],
  connectionLimit: -1,
  validUntil: null,
  password: null,
  comment: "it's",
  securityLabels: [],
  settings: ["search_path=a, b"],
  databaseSettings: [],
  parameters: [],
  memberOf: [{ role: "staff", grantor: null, admin: true, inherit: null, set: null }],
};

/** Where the writer has it: the bytes depend on the order of fields. */
function withRole(head: ManifestHead): ManifestHead {
  const fields = Object.entries(head).flatMap(([name, value]) =>
    name === "roles"
      ? [
          [name, value],
          ["roleDefinitions", [ROLE]],
        ]
      : [[name, value]],
  );
  return Object.fromEntries(fields) as ManifestHead;
}

async function archive(
  tables: readonly SampleTable[],
  reproducible = true,
  partBytes = 64,
): Promise<MemoryStore> {
  const store = new MemoryStore();
  const planned = OBJECTS as PlannedObject[];
  const change = (head: ManifestHead): ManifestHead => ({
    ...withRole(head),
    objects: OBJECTS,
    options: { ...head.options, reproducible },
  });
  await writeSample(
    await store.create(),
    {
      tables,
      preData: String(restricted(schemaText(planned, "pre-data"))),
      postData: String(restricted(schemaText(planned, "post-data"))),
      change,
    },
    { partBytes, compression: "gzip:3" },
  );
  return store;
}

const ROWS = Array.from({ length: 40 }, (_, i) => `${(i * 7) % 40}\tvalue ${i}\n`).join("");
const table = (name: string, text = ROWS): SampleTable => ({ name, columns: ["id", "x"], text });

describe("pack and unpack", () => {
  test("brings a reproducible archive back byte for byte", async () => {
    const before = await archive([table("a"), table("empty", ""), table("one", "1\tx\n")]);
    const path = join(folder.path, "f");
    expect(await pack(before, path)).toMatchObject({ rows: 41, files: 6 });
    expect(readdirSync(join(path, "data")).sort()).toEqual([
      "public.a.copy",
      "public.empty.copy",
      "public.one.copy",
    ]);
    expect(readFileSync(join(path, "data/public.a.copy"), "utf8")).toBe(ROWS);
    const after = new MemoryStore();
    await unpack(path, after);
    expect(after.bytes.equals(before.bytes)).toBe(true);
  });

  test("sorts the rows of other archives, and loses none", async () => {
    const [a, b] = [await archive([table("a")], false), await archive([table("a")], false, 8)];
    const [x, y] = [join(folder.path, "x"), join(folder.path, "y")];
    await pack(a, x);
    await pack(b, y);
    const read = (path: string): string => readFileSync(join(path, "data/public.a.copy"), "utf8");
    expect(read(x)).toBe(`${ROWS.trimEnd().split("\n").sort().join("\n")}\n`);
    expect(readFileSync(join(y, "manifest.json"))).toEqual(readFileSync(join(x, "manifest.json")));
    const after = new MemoryStore();
    await unpack(x, after);
    expect((await diff(a, after)).equal).toBe(true);
  });

  test("replaces an earlier pack and removes tables that are gone", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a"), table("b")]), path);
    const result = await pack(await archive([table("a")]), path);
    expect(result.removed).toEqual(["public.b.copy"]);
    expect(readdirSync(join(path, "data"))).toEqual(["public.a.copy"]);
  });

  test("refuses a folder with other files, and leaves it alone", async () => {
    writeFileSync(join(folder.path, "letter.txt"), "dear");
    await expect(pack(await archive([]), folder.path)).rejects.toMatchObject({
      code: "TARGET_NOT_EMPTY",
    });
    expect(readdirSync(folder.path)).toEqual(["letter.txt"]);
  });

  test("takes rows that people added, and names the row that has a field too many", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a")]), path);
    const file = join(path, "data/public.a.copy");
    writeFileSync(file, `${ROWS}99\tnew\n`);
    const after = new MemoryStore();
    expect(await unpack(path, after)).toMatchObject({ rows: 41 });
    writeFileSync(file, "1\tx\n2\ty\tz\n");
    await expect(unpack(path, new MemoryStore())).rejects.toThrow("row 2 has 3 fields");
    rmSync(file);
    await expect(unpack(path, new MemoryStore())).rejects.toThrow("lacks data/public.a.copy");
  });

  test("refuses schema files that contradict the manifest", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([]), path);
    const file = join(path, "schema/post-data.sql");
    const text = readFileSync(file, "utf8");
    for (const changed of [text.replace(" 1 ", " 7 "), "", text + text, text.trimEnd()]) {
      writeFileSync(file, changed);
      await expect(unpack(path, new MemoryStore())).rejects.toMatchObject({ code: "USAGE" });
    }
  });

  test("writes nothing outside the folder, whatever a table is called", async () => {
    const path = join(folder.path, "in", "f");
    mkdirSync(path, { recursive: true });
    const names = [
      "../../evil",
      "/etc/x",
      "A",
      "a",
      "con",
      "x\u0000y".replace("\0", "\n"),
      "ä".repeat(200),
    ];
    const before = await archive(names.map((name) => table(name, "1\tx\n")));
    await pack(before, path);
    expect(readdirSync(folder.path)).toEqual(["in"]);
    expect(readdirSync(join(folder.path, "in"))).toEqual(["f"]);
    expect(readdirSync(join(path, "data"))).toHaveLength(names.length);
    const after = new MemoryStore();
    await unpack(path, after);
    const digest = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
    expect(digest(after.bytes)).toBe(digest(before.bytes));
  });
});

describe("a folder from other people", () => {
  let path: string;
  beforeEach(async () => {
    path = join(folder.path, "f");
    await pack(await archive([table("a")]), path);
    writeFileSync(join(folder.path, "outside"), ROWS);
  });

  /** Puts something else in the place of a file of the folder. */
  const instead: readonly (readonly [what: string, put: (file: string) => void])[] = [
    ["a link", (file) => symlinkSync(join(folder.path, "outside"), file)],
    ["a link to nothing", (file) => symlinkSync(join(folder.path, "nothing"), file)],
    ["a FIFO", (file) => void execFileSync("mkfifo", [file])],
    ["a folder", (file) => mkdirSync(file)],
  ];

  test.each(
    instead.flatMap(([what, put]) =>
      ["manifest.json", "schema/pre-data.sql", "data/public.a.copy"].map(
        (name) => [what, name, put] as const,
      ),
    ),
  )("unpack does not read %s as %s", async (_what, name, put) => {
    rmSync(join(path, name));
    put(join(path, name));
    const store = new MemoryStore();
    await expect(unpack(path, store)).rejects.toMatchObject({
      code: "ARCHIVE_DAMAGED",
      object: name,
    });
    expect(store.committed).toBe(false);
  });

  test.each(["schema", "data"])("neither reads or writes through a link as %s", async (name) => {
    renameSync(join(path, name), join(folder.path, "elsewhere"));
    symlinkSync(join(folder.path, "elsewhere"), join(path, name));
    const before = readdirSync(join(folder.path, "elsewhere"));
    await expect(unpack(path, new MemoryStore())).rejects.toMatchObject({
      code: "TARGET_NOT_EMPTY",
    });
    await expect(pack(await archive([table("b")]), path)).rejects.toMatchObject({
      code: "TARGET_NOT_EMPTY",
    });
    expect(readdirSync(join(folder.path, "elsewhere"))).toEqual(before);
  });

  test.each(["manifest.json", "schema/pre-data.sql", "data/public.a.copy"])(
    "pack replaces a link as %s and leaves what it leads to",
    async (name) => {
      if (name !== "manifest.json") {
        rmSync(join(path, name));
        symlinkSync(join(folder.path, "outside"), join(path, name));
        await pack(await archive([table("a", "1\tx\n")]), path);
        expect(lstatSync(join(path, name)).isFile()).toBe(true);
      } else {
        // Nothing says that the folder is one of ours.
        rmSync(join(path, name));
        symlinkSync(join(folder.path, "outside"), join(path, name));
        await expect(pack(await archive([table("a")]), path)).rejects.toMatchObject({
          code: "TARGET_NOT_EMPTY",
        });
      }
      expect(readFileSync(join(folder.path, "outside"), "utf8")).toBe(ROWS);
    },
  );
});

describe("a row that people left without its end", () => {
  test.each([
    ["the last newline is gone", ROWS.slice(0, -1)],
    ["another row without a newline", `${ROWS}99\tnew`],
    ["the last newline is gone and a row was added before", `0\tx\n${ROWS.slice(0, -1)}`],
  ])("%s, in a table of several parts", async (_what, text) => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a")]), path);
    expect(readFileSync(join(path, "manifest.json"), "utf8")).toContain('"parts":[');
    writeFileSync(join(path, "data/public.a.copy"), text);
    const store = new MemoryStore();
    await expect(unpack(path, store)).rejects.toMatchObject({
      code: "USAGE",
      object: "data/public.a.copy",
      message: expect.stringContaining("does not end with a newline"),
    });
    expect(store.committed).toBe(false);
  });
});

describe("an interrupted pack", () => {
  /** An archive whose last table cannot be read, as when the process was killed while it wrote that table's file. */
  async function unreadable(): Promise<ArchiveStore> {
    const store = await archive([table("a", "1\tx\n"), table("b")]);
    const reader = await openArchive(store);
    const entry = reader.manifest.entries.find(({ name }) => name.startsWith("data/2/"))!;
    await reader.close();
    store.bytes[entry.offset + 20]! ^= 1;
    return store;
  }

  test("of a new folder is done again", async () => {
    const path = join(folder.path, "f");
    await expect(pack(await unreadable(), path)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
    expect(readdirSync(join(path, "data"))).toEqual(["public.a.copy"]);
    await expect(unpack(path, new MemoryStore())).rejects.toThrow("was interrupted");
    const before = await archive([table("a")]);
    await pack(before, path);
    const after = new MemoryStore();
    await unpack(path, after);
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(readdirSync(path).sort()).toEqual([".gitattributes", "data", "manifest.json", "schema"]);
  });

  test("of an earlier folder leaves no mixture that looks like an archive", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a"), table("b")]), path);
    await expect(pack(await unreadable(), path)).rejects.toMatchObject({ code: "ARCHIVE_DAMAGED" });
    await expect(unpack(path, new MemoryStore())).rejects.toThrow("was interrupted");
  });

  test("that was killed leaves files that the next one removes", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a")]), path);
    const { pid } = spawnSync("true");
    writeFileSync(join(path, "data", temporaryName("public.a.copy", pid)), "1");
    await pack(await archive([table("a")]), path);
    expect(readdirSync(join(path, "data"))).toEqual(["public.a.copy"]);
  });

  test("by its signal says so", async () => {
    const path = join(folder.path, "f");
    const before = await archive([table("a")]);
    await pack(before, path);
    const signal = AbortSignal.abort();
    await expect(unpack(path, new MemoryStore(), { signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    await expect(pack(before, path, { signal })).rejects.toMatchObject({ code: "ABORTED" });
  });
});

describe("layout", () => {
  test("gives names that cannot leave a folder or collide where case does not count", () => {
    fc.assert(
      fc.property(anyText(), anyText(), (namespace, name) => {
        const file = dataFile({ kind: "table", namespace, name });
        expect(file).toMatch(/^[a-z0-9_.-]{6,150}$/);
        expect(file.startsWith(".")).toBe(false);
      }),
    );
    const name = (n: string): string => dataFile({ kind: "table", namespace: "public", name: n });
    expect(
      new Set([name("a"), name("A"), name("á"), name("a ")].map((n) => n.toLowerCase())).size,
    ).toBe(4);
  });

  test("reads any statements back from a schema file", () => {
    const statement = fc.oneof(
      anyText(),
      fc.array(fc.constantFrom("---", "----", "\n", ";", " 0 x", "-----")).map((p) => p.join("")),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 4 }),
        (all) => {
          const objects = all.map((statements, id) => object(id, statements));
          const longest = Math.max(
            2,
            ...all.flat().flatMap((text) => [...text.matchAll(/^-+/gm)].map(([m]) => m.length)),
          );
          const marker = "-".repeat(longest + 1);
          const text = sectionText(objects, "pre-data", marker);
          const found = parseSection(text, "pre-data", { marker, objects });
          expect([...found.values()]).toEqual(all);
        },
      ),
    );
  });

  test("sorts in runs as in memory", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.stringMatching(/^[a-c]{0,4}$/), { minLength: 1 })),
        async (blocks) => {
          const source = async function* (): AsyncGenerator<Buffer> {
            for (const block of blocks) yield Buffer.from(block.map((row) => `${row}\n`).join(""));
          };
          let text = "";
          for await (const block of sortRows(source(), 12)) text += block.toString();
          expect(text.split("\n").slice(0, -1)).toEqual(blocks.flat().sort());
        },
      ),
    );
  });
});

describe("line ends of Windows", () => {
  test.each(["manifest.json", "schema/pre-data.sql", "schema/post-data.sql", "data/public.a.copy"])(
    "in %s are refused, and the error says what to do",
    async (name) => {
      const path = join(folder.path, "f");
      await pack(await archive([table("a")]), path);
      const text = readFileSync(join(path, name), "latin1");
      expect(text).toContain("\n");
      writeFileSync(join(path, name), text.replaceAll("\n", "\r\n"), "latin1");
      await expect(unpack(path, new MemoryStore())).rejects.toMatchObject({
        code: "ARCHIVE_DAMAGED",
        object: name,
        hint: expect.stringContaining(".gitattributes") as string,
      });
    },
  );

  test("are kept away by .gitattributes, unless people wrote one", async () => {
    const path = join(folder.path, "f");
    await pack(await archive([table("a")]), path);
    const attributes = join(path, ".gitattributes");
    expect(readFileSync(attributes, "utf8")).toMatch(/^\* -text$/m);
    writeFileSync(attributes, "* -text diff\n");
    await pack(await archive([table("a")]), path);
    expect(readFileSync(attributes, "utf8")).toBe("* -text diff\n");
    expect((await unpack(path, new MemoryStore())).rows).toBe(40);
  });
});
