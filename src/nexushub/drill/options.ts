/** Options of NexusHub's probes. */
export interface NexusHubProbeOptions {
  /** The 32 bytes of PEER_KEY_ENCRYPTION_KEY. Without them, probes that need the key are reported as not run. */
  readonly key?: Uint8Array | undefined;
  /** The `id` of the peer whose configuration is rendered. Default: the enabled peer that was changed last. */
  readonly peer?: string | undefined;
  /** Show the configuration with its secrets. Default: false. */
  readonly reveal?: boolean | undefined;
  /** WG_ENDPOINT, for peers whose configuration needs it. */
  readonly wgEndpoint?: string | null | undefined;
  /** Maximum age of the newest audit entry, in milliseconds. Default: 7 days. */
  readonly maxAuditAgeMs?: number | undefined;
  /** Default: when the drill began. */
  readonly now?: Date | undefined;
}
