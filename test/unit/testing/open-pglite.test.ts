/** Images of PGlite databases: made once, kept, replaced and removed. A stand-in for PGlite counts what is done. */
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { openPglite } from "../../../src/testing/pglite/open-pglite.ts";
import type { PgliteDatabase, PgliteOptions } from "../../../src/testing/pglite/options.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface StandIn extends PgliteDatabase {
  contents: string;
}

class Pglites {
  made = 0;
  loaded = 0;
  open = 0;

  /** Takes images that begin with "image". */
  readonly create = async ({ loadDataDir }: { loadDataDir?: Blob }): Promise<StandIn> => {
    const text = loadDataDir === undefined ? "image" : await loadDataDir.text();
    if (!text.startsWith("image")) throw new Error("PGlite does not start");
    if (loadDataDir === undefined) this.made++;
    else this.loaded++;
    this.open++;
    const database: StandIn = {
      contents: text,
      waitReady: Promise.resolve(),
      exec: async () => [],
      query: async () => ({ rows: [] }),
      dumpDataDir: async () => new Blob([database.contents]),
      close: async () => void this.open--,
    };
    return database;
  };
}

const images = (name: string): string => join(folder.path, name);
const seed = async (database: StandIn): Promise<void> => void (database.contents += " with rows");

describe("an image", () => {
  test("is made once, by whoever is first, and loaded by all", async () => {
    const pglites = new Pglites();
    const options = {
      create: pglites.create,
      prepare: seed,
      prepareKey: "1",
      images: images("once"),
    };
    const databases = await Promise.all([1, 2, 3].map(() => openPglite(options)));
    databases.push(await openPglite({ ...options, images: pathToFileURL(`${images("once")}/`) }));
    expect(databases.map(({ contents }) => contents)).toEqual(Array(4).fill("image with rows"));
    expect(pglites).toMatchObject({ made: 1, loaded: 4, open: 4 });
    const [image, ...others] = readdirSync(images("once"));
    expect(others).toEqual([]);
    expect(statSync(join(images("once"), image!)).mode & 0o077).toBe(0);
  });

  test("of other contents is another one", async () => {
    const pglites = new Pglites();
    for (const prepareKey of ["1", "2", "1"])
      await openPglite({
        create: pglites.create,
        prepare: seed,
        prepareKey,
        images: images("keys"),
      });
    await openPglite({ create: pglites.create, images: images("keys") });
    expect(pglites.made).toBe(3);
    expect(readdirSync(images("keys"))).toHaveLength(3);
  });

  test("that PGlite does not take is made again", async () => {
    const pglites = new Pglites();
    const options = { create: pglites.create, images: images("damaged") };
    await openPglite(options);
    const [image] = readdirSync(images("damaged"));
    writeFileSync(join(images("damaged"), image!), "cut off");
    await openPglite(options);
    await openPglite(options);
    expect(pglites).toMatchObject({ made: 2, loaded: 3 });
  });

  test("that nobody uses is removed when its time is over", async () => {
    const { create } = new Pglites();
    const options = { create, images: images("age"), keepImageMs: 60_000 };
    await openPglite(options);
    const [old] = readdirSync(images("age"));
    const then = new Date(Date.now() - 120_000);
    utimesSync(join(images("age"), old!), then, then);
    writeFileSync(join(images("age"), "a file of somebody else"), "");
    utimesSync(join(images("age"), "a file of somebody else"), then, then);
    await openPglite({ ...options, prepare: seed, prepareKey: "1" });
    expect(readdirSync(images("age"))).not.toContain(old);
    expect(readdirSync(images("age"))).toHaveLength(2);
  });

  test("is not kept with images: false", async () => {
    const pglites = new Pglites();
    await openPglite({ create: pglites.create, images: false });
    await openPglite({ create: pglites.create, images: false });
    expect(pglites).toMatchObject({ made: 2, loaded: 2, open: 2 });
  });

  test("that cannot be made leaves no file, and the error is the caller's own", async () => {
    const pglites = new Pglites();
    const failure = new Error("no seed");
    const options: PgliteOptions<StandIn> = {
      create: pglites.create,
      prepare: () => Promise.reject(failure),
      prepareKey: "1",
      images: images("failed"),
    };
    await expect(openPglite(options)).rejects.toBe(failure);
    expect(pglites.open).toBe(0);
    expect(readdirSync(images("failed"))).toEqual([]);
  });

  test("needs a folder in which it can be kept", async () => {
    writeFileSync(images("a-file"), "");
    const { create } = new Pglites();
    await expect(openPglite({ create, images: images("a-file") })).rejects.toMatchObject({
      code: "OUTPUT",
      hint: expect.stringContaining("images: false") as string,
    });
  });
});

const create = (): undefined => undefined;
test.each([
  [undefined],
  [{ create: 5 }],
  [{ create, prepare: () => undefined }],
  [{ create, prepareKey: "1" }],
  [{ create, extensions: {} }],
  [{ create, images: true }],
  [{ create, restore: { force: true } }],
])("the options %o are refused", async (options) => {
  await expect(openPglite(options as never)).rejects.toMatchObject({ code: "USAGE" });
});
