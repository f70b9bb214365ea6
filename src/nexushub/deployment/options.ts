/** Options that say where NexusHub's database and key are; everything not set is detected. */
import type { PathOrUrl } from "../../util/path-text.ts";

/** Where NexusHub's database and key are. */
export interface DeploymentOptions {
  /** A connection string. Only the key is detected then. */
  readonly databaseUrl?: string | URL | undefined;
  /** Read instead of `/etc/nexushub/env`; compose stacks are not considered. */
  readonly envFile?: PathOrUrl | undefined;
  /** The only deployment considered, instead of those in the current folder and in `/opt/nexushub`. */
  readonly composeFile?: PathOrUrl | undefined;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Base of relative paths. Default: the current folder. */
  readonly cwd?: PathOrUrl | undefined;
  readonly signal?: AbortSignal | undefined;
}
