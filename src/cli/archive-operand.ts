/** The archive that a command reads: a path, or `-` for standard input; encrypted or not. */
import type { AgeIdentities } from "../archive/encryption/age.ts";
import type { VerifyKey } from "../archive/signing/ed25519-key.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { UsageError } from "../errors.ts";
import { requirePath } from "../sql/conninfo/require-path.ts";
import { withoutOptions } from "../store/address.ts";
import type { CommandContext } from "./command.ts";
import type { Io } from "./console.ts";
import { type DecryptionOptions, readKeyFile, readPassphrase } from "./encryption.ts";

/**
 * @param stdin replaces standard input, where the archive must be read more than once.
 * @throws UsageError only when no file was named, a connection string was, or the passphrase cannot be read.
 */
export async function archiveOf(
  file: string | undefined,
  io: Io,
  options: DecryptionOptions = {},
  stdin: ArchiveOrigin = io.stdin,
): Promise<ArchiveOrigin> {
  if (file === undefined || file === "")
    throw new UsageError("name the archive, or - for standard input");
  requirePath(file, "archive");
  const origin = file === "-" ? stdin : file;
  const identities = await identitiesOf(options);
  const keys = await verifyKeysOf(options);
  const plain = await readable(origin, identities, options);
  if (keys === undefined) return plain;
  const { requireSigned } = await import("../archive/signing/signed-archive.ts");
  return requireSigned(plain, keys);
}

/** Standard input is written to a temporary file first, so that the archive can be read more than once. */
export async function withRereadableArchive<T>(
  { io, signal }: Pick<CommandContext, "io" | "signal">,
  file: string | undefined,
  options: DecryptionOptions,
  body: (archive: ArchiveOrigin) => Promise<T>,
): Promise<T> {
  if (file !== "-") return body(await archiveOf(file, io, options));
  const { reopenable } = await import("../archive/storage/reopenable.ts");
  const spooled = await reopenable(io.stdin, signal);
  try {
    return await body(await archiveOf(file, io, options, spooled.store));
  } finally {
    await spooled.close();
  }
}

const ENCRYPTED_NAME = /\.age$/;

async function readable(
  origin: ArchiveOrigin,
  identities: AgeIdentities | undefined,
  { allowPlain = false, base }: DecryptionOptions,
): Promise<ArchiveOrigin> {
  const mustBeEncrypted =
    typeof origin === "string" && ENCRYPTED_NAME.test(withoutOptions(origin)) && !allowPlain;
  const located = base === undefined ? origin : await locatedBase(origin, base);
  if (identities === undefined && !mustBeEncrypted) return located;
  const { decryptArchive, refusePlain } = await import("../archive/encryption/age.ts");
  return identities === undefined
    ? refusePlain(origin as string)
    : decryptArchive(located, identities);
}

async function locatedBase(origin: ArchiveOrigin, base: string): Promise<ArchiveOrigin> {
  const { withBase } = await import("../archive/base/with-base.ts");
  return withBase(origin, base);
}

/** Returns undefined when no option names a key that must have signed the archive. */
export async function verifyKeysOf({
  verifyKey,
}: DecryptionOptions): Promise<readonly VerifyKey[] | undefined> {
  if (verifyKey === undefined) return undefined;
  const { readVerifyKeys } = await import("../archive/signing/ed25519-key.ts");
  const keys: VerifyKey[] = [];
  for (const file of verifyKey) keys.push(...readVerifyKeys(await readKeyFile(file)));
  return keys;
}

/** Returns undefined when no option names an identity or a passphrase. */
export async function identitiesOf({
  identity,
  passphraseFile,
  allowPlain,
}: DecryptionOptions): Promise<AgeIdentities | undefined> {
  if (identity === undefined && passphraseFile === undefined) return undefined;
  return {
    identityFiles: identity,
    passphrase: await readPassphrase(passphraseFile),
    allowPlain,
  };
}
