/** The embedded server's public names. */
export type { EmbeddedConnection, EmbeddedOptions, EmbeddedServer } from "./options.ts";
export { EMBEDDED_MAJORS, installCommand, installedBinaries } from "./binaries.ts";
export { startEmbedded } from "./embedded-server.ts";
