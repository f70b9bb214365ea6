/** Options that say where NexusHub's database and key are; everything not set is detected. */
export interface DeploymentOptions {
  /** A connection string. Only the key is detected then. */
  readonly databaseUrl?: string | undefined;
  /** Read instead of `/etc/nexushub/env`; compose stacks are not considered. */
  readonly envFile?: string | undefined;
  /** The only deployment considered, instead of those in the current folder and in `/opt/nexushub`. */
  readonly composeFile?: string | undefined;
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Base of relative paths. Default: the current folder. */
  readonly cwd?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
