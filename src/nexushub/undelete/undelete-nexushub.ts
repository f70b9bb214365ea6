/** Undelete with NexusHub's words: a peer or a user by name, with what belongs to it, and with its sealed values tried. */
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import type { ConnectionSource } from "../../pg/connect.ts";
import type { UndeleteOptions, UndeleteResult } from "../../undelete/options.ts";
import { undeleteChecked } from "../../undelete/undelete.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { guardedManifest } from "../restore/guard.ts";
import { checkRows } from "./check-rows.ts";
import { namedRows } from "./named-rows.ts";

/** Options of `undeleteNexusHub`. */
export interface NexusHubUndeleteOptions extends Omit<UndeleteOptions, "rows"> {
  /** A peer's name, id or public key: it comes back with its preshared keys and rule bindings. */
  readonly peer?: string | undefined;
  /** A user's name, e-mail address or id: comes back with its API keys, and owns its peers and rules again. */
  readonly user?: string | undefined;
  /** As in `UndeleteOptions`. Default: none. */
  readonly rows?: Readonly<Record<string, string>> | undefined;
  /** The sealing key, to try sealed values. Default: none; they are not tried. */
  readonly key?: DetectedKey | null | undefined;
  /** WG_ENDPOINT, for the peers' configurations. Default: not known. */
  readonly wgEndpoint?: string | null | undefined;
  /** Let an archive or values of another key pass, with a warning. Default: false. */
  readonly allowKeyMismatch?: boolean | undefined;
  /** Let an archive of NexusHub pass that records no key, with a warning. Default: false. */
  readonly allowUnkeyed?: boolean | undefined;
  /** Let a fixture pass. Default: false. */
  readonly allowFixture?: boolean | undefined;
  /** The environment for the target. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Brings rows back as `undelete` does, after the checks of a restore.
 * @throws the errors of `undelete` and `guardRestore`; RefusedError (KEY_MISMATCH) when sealed values do not open. Nothing was
 * changed then.
 */
export async function undeleteNexusHub(
  archive: ArchiveOrigin,
  target: ConnectionSource,
  options: NexusHubUndeleteOptions,
): Promise<UndeleteResult> {
  const { peer, user, key = null, wgEndpoint = null, env, ...more } = options;
  const { allowKeyMismatch = false, allowUnkeyed, allowFixture, rows = {}, ...rest } = more;
  const { signal } = rest;
  const allowed = { allowKeyMismatch, allowUnkeyed, allowFixture };
  const guard = { target, ...allowed, env, signal };
  const { manifest, warnings } = await guardedManifest(archive, key, guard);
  for (const each of warnings) rest.onProgress?.({ type: "warning", ...each });
  const isNamed = peer !== undefined || user !== undefined;
  const plain: UndeleteOptions = { ...rest, rows };
  const result = await undeleteChecked(
    archive,
    target,
    isNamed ? namedRows({ peer, user }, manifest, plain) : plain,
    checkRows({ key, wgEndpoint, allowKeyMismatch }),
  );
  return { ...result, warnings: [...warnings, ...result.warnings] };
}
