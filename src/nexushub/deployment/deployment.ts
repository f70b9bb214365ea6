/** A NexusHub deployment: its shape, the ways to reach its database, and its sealing key. */

export type DeploymentShape = "url" | "environment" | "compose" | "bare-metal";

/** The parts of a login, before they become a connection string. */
export interface Login {
  readonly user: string;
  readonly database: string;
  readonly password: string | undefined;
}

/** One way to reach the database. A deployment lists them in the order in which they are tried. */
export type Route =
  /** A libpq connection string; empty for the PG* variables and libpq's files alone. */
  | { readonly kind: "connection-string"; readonly source: string; readonly name: string }
  | {
      readonly kind: "published-port" | "container-address";
      readonly host: string;
      readonly port: number;
      readonly login: Login;
      readonly name: string;
    }
  /** A byte stream over `docker exec`. */
  | {
      readonly kind: "exec";
      readonly container: string;
      readonly port: number;
      readonly login: Login;
      readonly name: string;
    };

/** The text of a sealing key and where it was read; not yet parsed or tested. */
export interface DetectedKey {
  readonly value: string;
  /** For people: `PEER_KEY_ENCRYPTION_KEY in /etc/nexushub/env`. */
  readonly from: string;
}

/** A NexusHub installation and the way to its database. */
export interface Deployment {
  readonly shape: DeploymentShape;
  /** The compose file of the stack; null for every other shape. */
  readonly composeFile: string | null;
  readonly routes: readonly Route[];
  /** For people: what was detected and why it was chosen, one sentence each. No secrets. */
  readonly why: readonly string[];
  /** For people: problems in the files that were read. */
  readonly notes: readonly string[];
  readonly key: DetectedKey | null;
  /** WG_ENDPOINT: the `host:port` that peers connect to. */
  readonly wgEndpoint: string | null;
}

/** No deployment was detected. */
export interface NoDeployment {
  readonly shape: null;
  /** For people: every source that was checked and why it did not apply. */
  readonly checked: readonly string[];
  /** A compose stack whose database container exists but does not run; null when there is none. */
  readonly stopped: { readonly composeFile: string; readonly status: string } | null;
}
