/** `nexushub-dump/testing`: a real database for every test, copied from an archive. Nothing runs at import time. */
export type { EmbeddedConnection, EmbeddedOptions, EmbeddedServer } from "../embedded/index.ts";
export { startEmbedded } from "./start-embedded.ts";
export { openFixture } from "./fixture.ts";
export type { Fixture, FixtureDatabase, FixtureOptions, FixtureServer } from "./options.ts";
export { openPglite } from "./pglite/open-pglite.ts";
export type { PgliteDatabase, PgliteOptions } from "./pglite/options.ts";
export type { PathOrUrl } from "../util/path-text.ts";
