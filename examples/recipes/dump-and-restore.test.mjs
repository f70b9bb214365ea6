// No ORM: a dump, and a restore into an empty database of the test's own. Runs in Node.js, Bun and Deno.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { diff, dump, restore, verify } from "nexushub-dump";
import { openFixture } from "nexushub-dump/testing";

const server = process.env.DATABASE_URL;
let folder;
let fixture;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "dump-and-restore-"));
  fixture = await openFixture({ server });
});
after(async () => {
  await fixture.close();
  await rm(folder, { recursive: true });
});

void test("what was dumped and restored equals the source", () =>
  fixture.use(async (database) => {
    const archive = join(folder, "backup.tar.gz");
    const { rows } = await dump(server, archive);
    assert.ok(rows > 0);
    assert.equal((await verify(archive)).rows, rows);
    await restore(archive, database.url, { trusted: true });
    assert.equal((await diff(archive, database.url)).equal, true);
  }));

void test("an abort leaves no file and an error with a code", async () => {
  const interrupted = dump(server, join(folder, "none.tar.gz"), { signal: AbortSignal.timeout(1) });
  await assert.rejects(interrupted, { code: "ABORTED" });
});
