// What every test file uses: `withDatabase` gives a client of a database that is the test's own. In the scope of a file
// it works in processes and threads, with and without isolation.
import { openFixture } from "nexushub-dump/testing";
import { inject, test as base } from "vitest";

export const test = base.extend({
  withDatabase: [
    // vitest reads from this argument which other fixtures are used: none.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const fixture = await openFixture({ server: inject("server"), archive: process.env.ARCHIVE });
      await use((body) => fixture.use(async (database) => body(await database.client(), database)));
      await fixture.close();
    },
    { scope: "file" },
  ],
});
