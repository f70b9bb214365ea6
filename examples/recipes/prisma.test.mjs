// Prisma 7 with @prisma/adapter-pg, after `npx prisma generate`: `$disconnect()` closes the adapter's pool, before the database is dropped.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PrismaPg } from "@prisma/adapter-pg";
// CommonJS, of which Deno sees no names; in Node.js and Bun, `import { PrismaClient }` works as well.
import client from "@prisma/client";
import { openFixture } from "nexushub-dump/testing";

const { PrismaClient } = client;

let fixture;
before(async () => {
  fixture = await openFixture({ server: process.env.DATABASE_URL, archive: process.env.ARCHIVE });
});
after(() => fixture.close());

/** Runs a body with Prisma on a database of its own. */
const withPrisma = (body) =>
  fixture.use(async (database) => {
    const prisma = new PrismaClient({
      adapter: new PrismaPg({ connectionString: database.url }),
    });
    try {
      await body(prisma);
    } finally {
      await prisma.$disconnect();
    }
  });

void test("a deleted user takes the sessions along", () =>
  withPrisma(async (prisma) => {
    await prisma.user.deleteMany();
    assert.equal(await prisma.session.count(), 0);
  }));

void test("another test sees none of it", () =>
  withPrisma(async (prisma) => {
    const users = await prisma.user.findMany({ include: { sessions: true } });
    assert.ok(users.some(({ sessions }) => sessions.length > 0));
  }));
