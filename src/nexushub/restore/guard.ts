/**
 * Checks before a restore into NexusHub, while the old contents still exist: is the key at hand the archive's, and would
 * a fixture replace a database in use?
 */
import type { StoredManifest } from "../../archive/format/manifest.ts";
import { type ArchiveReader, openArchive } from "../../archive/reader.ts";
import type { ArchiveOrigin } from "../../archive/storage/source.ts";
import { ArchiveError, isNexushubDumpError, RefusedError } from "../../errors.ts";
import { type ConnectionSource, withConnection } from "../../pg/connect.ts";
import { type Warning, warning } from "../../warnings.ts";
import type { DetectedKey } from "../deployment/deployment.ts";
import { checkKey } from "../keys/manifest-key.ts";
import { SEALED_COLUMNS } from "../keys/sealed-value.ts";
import { KEY_VARIABLE, parseKey } from "../keys/sealing-key.ts";
import { isNexusHubInUse } from "./in-use.ts";

/** Options of `guardRestore`. */
export interface RestoreGuardOptions {
  /** The database that the restore will change. Without it, fixtures are not checked. */
  readonly target?: ConnectionSource | undefined;
  /** Let an archive of another key pass, with a warning. Default: false. */
  readonly allowKeyMismatch?: boolean | undefined;
  /** Let an archive of NexusHub pass that records no key, or in an unknown way, with a warning. Default: false. */
  readonly allowUnkeyed?: boolean | undefined;
  /** Let a fixture replace a NexusHub database in use, with a warning. Default: false. */
  readonly allowFixture?: boolean | undefined;
  /** The environment for `target`. Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Checks that an archive may be restored. Where the key is at hand, an archive with sealed values must have a record of it:
 * without one, nothing tells whether somebody changed it.
 * @throws RefusedError only when the archive was written with another key or has no record of one (KEY_MISMATCH), or is a
 *   fixture and the target
 *   is a NexusHub database in use (FIXTURE_REFUSED); ArchiveError when the key fits and the archive was changed by
 *   someone without it, or is damaged.
 */
export async function guardRestore(
  archive: ArchiveOrigin,
  key: DetectedKey | null,
  options: RestoreGuardOptions = {},
): Promise<Warning[]> {
  return (await guardedManifest(archive, key, options)).warnings;
}

/** The manifest of an archive that passed the checks, for what follows them. */
export interface GuardedManifest extends Pick<ArchiveReader, "manifest" | "storedManifest"> {
  readonly warnings: Warning[];
}

/** The same, for those who read the manifest, too: the archive is opened once. */
export async function guardedManifest(
  archive: ArchiveOrigin,
  key: DetectedKey | null,
  options: RestoreGuardOptions,
): Promise<GuardedManifest> {
  const reader = await openArchive(archive, { signal: options.signal, rows: false });
  try {
    const { manifest, storedManifest } = reader;
    const isFixture = manifest.purpose === "fixture";
    const warnings = [
      ...(isFixture && manifest.key === null ? [] : compareKeys(storedManifest, key, options)),
      ...(isFixture ? await guardFixture(options) : []),
    ];
    return { manifest, storedManifest, warnings };
  } finally {
    await reader.close();
  }
}

function compareKeys(
  manifest: StoredManifest,
  detected: DetectedKey | null,
  { allowKeyMismatch = false, allowUnkeyed = false }: RestoreGuardOptions,
): Warning[] {
  if (manifest.key === null && (detected === null || !holdsSealedValues(manifest))) return [];
  if (detected === null)
    return notCompared(`${KEY_VARIABLE} was not found, so it was not compared with the archive's`);
  let key: Uint8Array;
  try {
    key = parseKey(detected.value);
  } catch (error) {
    if (!isNexushubDumpError(error)) throw error;
    return notCompared(
      `${detected.from}: ${error.message}; it was not compared with the archive's`,
    );
  }
  switch (checkKey(manifest, key)) {
    case "match":
      return [];
    case "none":
      return unkeyed("the archive has no record of the sealing key", allowUnkeyed);
    case "unknown-scheme":
      return unkeyed("the archive's record of the sealing key has an unknown scheme", allowUnkeyed);
    case "changed":
      throw new ArchiveError("the archive was changed by someone who does not have its key", {
        object: "manifest",
        hint: "use another backup, and find out who could write to this one",
      });
    case "wrong-key":
      return keyMismatch(detected, allowKeyMismatch);
  }
}

function notCompared(message: string): Warning[] {
  return [warning("key-unavailable", null, message)];
}

const SEALED_TABLES: ReadonlySet<string> = new Set(SEALED_COLUMNS.map(({ table }) => table));

function holdsSealedValues({ relations }: StoredManifest): boolean {
  return relations.some(({ name, rows }) => SEALED_TABLES.has(name) && rows > 0);
}

/** Whoever changes an archive without the key can remove its record, or give it another scheme. */
function unkeyed(what: string, isAllowed: boolean): Warning[] {
  const message = `${what}: nothing tells whether somebody changed it`;
  if (isAllowed) return notCompared(message);
  throw new RefusedError("KEY_MISMATCH", message, {
    object: "manifest",
    hint: "backups record the key; archives of dump, and of a host without the key, do not. If you know where it comes from, --allow-unkeyed restores it",
  });
}

function keyMismatch({ from }: DetectedKey, isAllowed: boolean): Warning[] {
  if (isAllowed) {
    const message = `${from} is not the archive's key: its sealed values will not open with it`;
    return [warning("key-mismatch", null, message)];
  }
  throw new RefusedError(
    "KEY_MISMATCH",
    `${from} is not the key that was in use when the dump was taken`,
    {
      object: "manifest",
      hint: "put the old key in its place first; without it no private key of the archive can be read. --allow-key-mismatch restores anyway",
    },
  );
}

async function guardFixture({
  target,
  allowFixture = false,
  env,
  signal,
}: RestoreGuardOptions): Promise<Warning[]> {
  if (target === undefined) return [];
  return withConnection(target, { env, signal }, async (connection) => {
    if (!(await isNexusHubInUse(connection))) return [];
    const message = `the archive is a fixture, and ${connection.label} is a NexusHub database in use`;
    if (allowFixture) return [warning("fixture-over-database", null, message)];
    throw new RefusedError("FIXTURE_REFUSED", message, {
      object: connection.label,
      hint: "a fixture's rows are made up or masked: restore it into a database for tests. --allow-fixture restores anyway",
    });
  });
}
