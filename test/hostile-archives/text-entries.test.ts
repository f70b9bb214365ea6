/** Archives whose readable texts say something else than the manifest that a restore would run. */
import { expect, test } from "vitest";
import type { Manifest } from "../../src/archive/format/manifest.ts";
import { openArchive } from "../../src/archive/reader.ts";
import { schemaText } from "../../src/archive/schema-text.ts";
import { verifyEntries } from "../../src/archive/verify-entries.ts";
import { psqlEntries } from "../../src/dump/psql-script.ts";
import { ownPackage } from "../../src/util/package.ts";
import { verify } from "../../src/verify/verify.ts";
import { COMPLETE_ARCHIVES, PARTIAL_ARCHIVES, format1Archive } from "../support/format-1.ts";
import { MemoryStore, TOOL_VERSION } from "../support/archives.ts";
import { type ForgedEntry, ROWS, forge } from "../support/forge.ts";

const OBJECTS: Manifest["objects"] = [
  {
    id: 1,
    kind: "table",
    namespace: "public",
    name: "t",
    section: "pre-data",
    statements: ["CREATE TABLE public.t (a integer, b text)"],
    requires: [],
    parent: null,
    features: [],
    accessMethod: null,
    roles: [],
  },
];

/** An archive as a dump writes it, with one entry's text changed. */
async function archive(name = "", change = (text: string) => text): Promise<MemoryStore> {
  const version = ownPackage().version;
  const complete = (honest: Manifest): Manifest => ({
    ...honest,
    tool: { ...honest.tool, version },
    objects: OBJECTS,
  });
  const first = `{"format":2,"tool":{"name":"nexushub-dump","version":"${version}"}}\n`;
  const schema = (["pre-data", "post-data"] as const).map((section) => ({
    name: `schema/${section}.sql`,
    body: schemaText(OBJECTS, section),
  }));
  const rows = [{ name: "data/1/1.copy", body: ROWS }];
  // The script names the entries, so it is made from a manifest that lists them.
  const draft = new MemoryStore(await forge({ entries: [...rows, ...schema], manifest: complete }));
  const { manifest } = await openArchive(draft);
  const texts = psqlEntries(
    manifest,
    manifest.entries.map((entry) => entry.name),
  ).map(([entry, body]) => ({ name: entry, body }));
  const entries = [...rows, ...schema, ...texts].map((entry) =>
    entry.name === name ? { ...entry, body: change(entry.body) } : entry,
  );
  const head = name === "nexushub-dump.json" ? change(first) : first;
  return new MemoryStore(await forge({ first: head, entries, manifest: complete }));
}

test("an archive whose texts are the manifest's passes", async () => {
  await expect(verify(await archive())).resolves.toMatchObject({ rows: 2 });
});

test.each<[name: string, change: (text: string) => string]>([
  ["nexushub-dump.json", (text) => text.replace('"format":2', '"format":1')],
  ["schema/pre-data.sql", (text) => `${text}\\! id\n`],
  ["schema/pre-data.sql", (text) => text.replace("integer", "integex")],
  ["schema/post-data.sql", () => "DROP TABLE public.t;\n"],
  ["restore.sql", (text) => text.replace("\\copy", "\\! id\n\\copy")],
  ["RESTORE.md", (text) => text.replace("psql -X", "curl | sh")],
])("%s that says something else is named", async (name, change) => {
  const changed = await archive(name, change);
  // All checksums are right.
  expect((await verifyEntries(await openArchive(changed))).damaged).toEqual([]);
  await expect(verify(changed)).rejects.toMatchObject({
    code: "ARCHIVE_DAMAGED",
    object: name,
    message: expect.stringContaining("not what the manifest says"),
  });
});

test("instructions of another version may have another wording", async () => {
  const entries: ForgedEntry[] = [
    { name: "data/1/1.copy", body: ROWS },
    { name: "RESTORE.md", body: "other words" },
  ];
  expect(TOOL_VERSION).not.toBe(ownPackage().version);
  await expect(verify(new MemoryStore(await forge({ entries })))).resolves.toMatchObject({
    rows: 2,
  });
});

test.each([...COMPLETE_ARCHIVES, ...PARTIAL_ARCHIVES])("%s of format 1 passes", async (name) => {
  await expect(verify(format1Archive(name))).resolves.toMatchObject({
    entries: expect.any(Number),
  });
});
