/** The archive that a command reads: a path, or `-` for standard input; encrypted or not. */
import type { AgeIdentities } from "../archive/encryption/age.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import type { Io } from "./console.ts";
import { type DecryptionOptions, readPassphrase } from "./encryption.ts";

/**
 * @param stdin replaces standard input, where the archive must be read more than once.
 * @throws UsageError only when no file was named, or the passphrase cannot be read.
 */
export async function archiveOf(
  file: string | undefined,
  io: Io,
  options: DecryptionOptions = {},
  stdin: ArchiveOrigin = io.stdin,
): Promise<ArchiveOrigin> {
  if (file === undefined || file === "")
    throw new UsageError("name the archive, or - for standard input");
  const origin = file === "-" ? stdin : file;
  const identities = await identitiesOf(options);
  if (identities === undefined) return origin;
  const { decryptArchive } = await import("../archive/encryption/age.ts");
  return decryptArchive(origin, identities);
}

/** Returns undefined when no option names an identity or a passphrase. */
export async function identitiesOf({
  identity,
  passphraseFile,
}: DecryptionOptions): Promise<AgeIdentities | undefined> {
  if (identity === undefined && passphraseFile === undefined) return undefined;
  return { identityFiles: identity, passphrase: await readPassphrase(passphraseFile) };
}
