// Holds the template for the whole run, so that it is made once and not once a file.
import { openFixture } from "nexushub-dump/testing";

export default async function setup() {
  globalThis.fixture = await openFixture({
    server: process.env.DATABASE_URL,
    archive: process.env.ARCHIVE,
  });
}
