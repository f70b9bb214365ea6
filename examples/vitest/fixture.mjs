// What every test file uses: `withDatabase` gives a client of a database that is the test's own.
import { openFixture } from "nexushub-dump/testing";
import { afterAll, inject } from "vitest";

const fixture = await openFixture({ server: inject("server"), archive: process.env.ARCHIVE });
afterAll(() => fixture.close());

export const withDatabase = (body) =>
  fixture.use(async (database) => body(await database.client(), database));
