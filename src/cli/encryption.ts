/** The options of encryption at rest: for whom an archive is written, and with what it is read. */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { AgeRecipients } from "../archive/encryption/age.ts";
import { UsageError } from "../errors.ts";
import { collect } from "./command.ts";

export interface EncryptionOptions {
  readonly encryptTo?: string[];
  readonly recipientsFile?: string[];
  readonly passphraseFile?: string;
}

export interface DecryptionOptions {
  readonly identity?: string[];
  readonly passphraseFile?: string;
}

export function addEncryption(command: Command): Command {
  return command
    .option("--encrypt-to <recipient>", "encrypt to an age recipient, age1… (repeatable)", collect)
    .option("--recipients-file <file>", "encrypt to the recipients in a file (repeatable)", collect)
    .option("--passphrase-file <file>", "encrypt with the passphrase in a file's first line");
}

export function addDecryption(command: Command): Command {
  return command
    .option(
      "--identity <file>",
      "file with the age identity of an encrypted archive (repeatable)",
      collect,
    )
    .option(
      "--passphrase-file <file>",
      "file with the passphrase of an encrypted archive in its first line",
    );
}

/** Undefined when the archive is not to be encrypted. */
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

/** Never from an argument: those are seen by everyone on the host. */
export async function readPassphrase(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  try {
    return (await readFile(file, "utf8")).split(/\r?\n/, 1)[0];
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`cannot read the passphrase file: ${message}`, { object: file, cause });
  }
}
