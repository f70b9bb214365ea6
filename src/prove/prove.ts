/**
 * A proof that an archive can be restored: its schema is restored into a throwaway database, in one transaction, as a role
 * like the one that will restore it. Rows are not loaded; a drill does that. What cannot be restored is the error, and its
 * `object` names it.
 */
import type { Manifest } from "../archive/format/manifest.ts";
import { openArchive } from "../archive/reader.ts";
import type { RereadableArchive } from "../archive/storage/source.ts";
import { createPlainRole, createRole } from "../drill/plain-role.ts";
import { openThrowaway, type Throwaway } from "../drill/throwaway.ts";
import { NexushubDumpError } from "../errors.ts";
import { type ConnectionSource, withConnection } from "../pg/connect.ts";
import { restore } from "../restore/restore.ts";
import type { ProveOptions, ProveResult } from "./options.ts";

/**
 * Restores the schema of an archive into a throwaway database, which is removed whatever happens.
 * @param archive anything but a stream, as it is read twice.
 * @throws NexushubDumpError with the code of what failed and the `object` that cannot be restored; ConnectionError or
 *   ServerError when no throwaway database can be had; ArchiveError for damage; AbortedError when the signal fired.
 */
export async function prove(
  archive: RereadableArchive,
  options: ProveOptions = {},
): Promise<ProveResult> {
  const started = performance.now();
  const { into, signal, superuser = true, onProgress } = options;
  const reader = await openArchive(archive, { signal, rows: false });
  const { manifest } = reader;
  await reader.close();
  const { serverVersionNum } = manifest.database;
  const throwaway = await openThrowaway({
    into: into?.toString(),
    major: serverVersionNum === null ? undefined : Math.trunc(serverVersionNum / 10000),
    signal,
    onProgress,
  });
  try {
    const isOurs = into === undefined;
    const login = await prepareLogin(throwaway.source, manifest, { isOurs, superuser });
    try {
      const result = await restoreSchema(archive, throwaway, options, login);
      return {
        target: throwaway.label,
        role: login.role ?? null,
        objects: result.objects,
        warnings: result.warnings,
        elapsedMs: Math.round(performance.now() - started),
      };
    } finally {
      await login.remove();
    }
  } finally {
    await throwaway.remove();
  }
}

interface Login {
  /** The role to restore as; undefined for the login itself. */
  readonly role: string | undefined;
  /** Whether the roles that the archive names are there, so that owners and privileges are restored too. */
  readonly hasRoles: boolean;
  remove(): Promise<void>;
}

const UNCHANGED: Login = { role: undefined, hasRoles: false, remove: async () => {} };

/** Makes the roles that the proof needs: all that the archive names where the server is ours, and one without superuser. */
async function prepareLogin(
  source: ConnectionSource,
  { roles }: Manifest,
  { isOurs, superuser }: { readonly isOurs: boolean; readonly superuser: boolean },
): Promise<Login> {
  return withConnection(source, {}, async (connection) => {
    if (isOurs) for (const role of roles) await createRole(connection, role);
    if (superuser) return { ...UNCHANGED, hasRoles: isOurs };
    const plain = await createPlainRole(connection, source, { isOurServer: isOurs });
    return plain === null ? UNCHANGED : { ...plain, hasRoles: false };
  });
}

async function restoreSchema(
  archive: RereadableArchive,
  throwaway: Throwaway,
  { signal, onProgress }: ProveOptions,
  { role, hasRoles }: Login,
): ReturnType<typeof restore> {
  try {
    return await restore(archive, throwaway.source, {
      ...throwaway.restoreOptions,
      schemaOnly: true,
      trusted: true,
      owner: hasRoles,
      privileges: hasRoles,
      role,
      analyze: false,
      signal,
      onProgress,
    });
  } catch (error) {
    if (!(error instanceof NexushubDumpError) || error.code === "ABORTED") throw error;
    const hints = [error.hint, throwaway.elsewhere].filter((each) => each !== undefined);
    throw new NexushubDumpError(error.code, `the archive cannot be restored: ${error.message}`, {
      object: error.object,
      hint: hints.length === 0 ? undefined : hints.join("; "),
      cause: error,
    });
  }
}
