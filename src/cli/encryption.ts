/** The options of encryption: the recipients that an archive is written for, and the identities that open one. */
import type { Command } from "commander";
import type { AgeRecipients } from "../archive/encryption/age.ts";
import type { ArchiveTarget } from "../archive/storage/sink.ts";
import type { ArchiveStore } from "../archive/storage/store.ts";
import type { SignKey } from "../archive/signing/ed25519-key.ts";
import { collect } from "./option-values.ts";
import { underHeading } from "./help-headings.ts";
import { readTextFile } from "../util/text-file.ts";

export interface EncryptionOptions {
  readonly encryptTo?: string[];
  readonly recipientsFile?: string[];
  readonly passphraseFile?: string;
}

export interface DecryptionOptions {
  readonly identity?: string[];
  readonly passphraseFile?: string;
  readonly verifyKey?: string[];
  readonly allowPlain?: boolean;
  readonly base?: string;
}

export function addRecipients(command: Command): Command {
  return underHeading(command, "Encryption options:", () =>
    command
      .option(
        "--encrypt-to <recipient>",
        "encrypt to an age recipient, age1… (repeatable)",
        collect,
      )
      .option(
        "--recipients-file <file>",
        "encrypt to the recipients in a file (repeatable)",
        collect,
      ),
  );
}

export function addEncryption(command: Command): Command {
  return underHeading(command, "Encryption options:", () =>
    addRecipients(command).option(
      "--passphrase-file <file>",
      "encrypt with a passphrase, read from the first line of a file",
    ),
  );
}

/** The target itself, or one that encrypts what is written to it. */
export async function encryptedTarget<T extends ArchiveTarget>(
  options: EncryptionOptions,
  target: T,
): Promise<T | ArchiveStore> {
  const recipients = await recipientsOf(options);
  if (recipients === undefined) return target;
  const { encryptArchive } = await import("../archive/encryption/age.ts");
  return encryptArchive(target, recipients);
}

export interface SigningOptions {
  readonly signKey?: string;
}

export function addSigning(command: Command): Command {
  return underHeading(command, "Encryption options:", () =>
    command.option(
      "--sign-key <file>",
      "sign with an Ed25519 private key without a passphrase (ssh-keygen -t ed25519 -N '')",
    ),
  );
}

/** Returns undefined when the archive is not to be signed. */
export async function signKeyOf({ signKey }: SigningOptions): Promise<SignKey | undefined> {
  if (signKey === undefined) return undefined;
  const { readSignKey } = await import("../archive/signing/ed25519-key.ts");
  return readSignKey(await readKeyFile(signKey));
}

export function addDecryption(command: Command): Command {
  return underHeading(command, "Decryption options:", () =>
    command
      .option(
        "--identity <file>",
        "file with an age identity that opens the archive (repeatable)",
        collect,
      )
      .option(
        "--passphrase-file <file>",
        "file whose first line is the passphrase that opens the archive",
      )
      .option(
        "--verify-key <file>",
        "file with the Ed25519 public key that must have signed the archive (repeatable)",
        collect,
      )
      .option(
        "--allow-plain",
        "take an archive that is not encrypted, although --identity is given or its name ends in .age",
      )
      .option(
        "--base <file>",
        "full archive that a differential one needs (default: searched for beside it)",
      ),
  );
}

/** Returns undefined when the archive is not to be encrypted. */
export async function recipientsOf({
  encryptTo,
  recipientsFile,
  passphraseFile,
}: EncryptionOptions): Promise<AgeRecipients | undefined> {
  if (encryptTo === undefined && recipientsFile === undefined && passphraseFile === undefined)
    return undefined;
  const passphrase = await readPassphrase(passphraseFile);
  return { recipients: encryptTo, recipientFiles: recipientsFile, passphrase };
}

/** Reads a passphrase from a file, never from an argument: every user of the host can see those. */
export async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return (await readTextFile(file, "the passphrase file")).split(/\r?\n/, 1)[0];
}

/** Reads the contents of a key file. */
export function readKeyFile(file: string): Promise<string> {
  return readTextFile(file, "the key file");
}
