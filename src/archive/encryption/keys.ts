/**
 * Who may open an encrypted archive, as operators write it: recipients and identities in options and in files, one a
 * line, `#` for comments, as `age-keygen` writes them. No message quotes an identity or a passphrase.
 */
import type { Decrypter, Encrypter } from "age-encryption";
import { UsageError } from "../../errors.ts";
import { type PathOrUrl, pathText } from "../../util/path-text.ts";
import { readTextFile } from "../../util/text-file.ts";
import type { AgeIdentities, AgeRecipients } from "./options.ts";

/** @throws UsageError only when there is no recipient, one cannot be read, or both kinds are given. */
export async function encrypterFor(options: AgeRecipients): Promise<Encrypter> {
  const recipients = await gather(options.recipients, options.recipientFiles, "recipient file");
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  if (options.passphrase !== undefined) {
    if (recipients.length > 0)
      throw new UsageError("an archive is encrypted to recipients or with a passphrase, not both");
    if (options.passphrase === "") throw new UsageError("the passphrase is empty");
    encrypter.setPassphrase(options.passphrase);
    return encrypter;
  }
  if (recipients.length === 0) throw new UsageError("no recipient to encrypt the archive to");
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      // A secret key given by mistake must not be repeated.
      const shown = recipient.startsWith("age1") ? ` ${recipient}` : "";
      throw new UsageError(`not an age recipient${shown}`, {
        hint: "a recipient begins with age1 and is printed by: age-keygen -y key.txt",
        cause: shown === "" ? undefined : cause,
      });
    }
  }
  return encrypter;
}

/** @throws UsageError only when there is nothing to decrypt with, or it cannot be read. */
export async function decrypterFor(options: AgeIdentities): Promise<Decrypter> {
  const identities = await gather(options.identities, options.identityFiles, "identity file");
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  if (options.passphrase !== undefined) decrypter.addPassphrase(options.passphrase);
  else if (identities.length === 0) throw new UsageError("no identity to decrypt the archive with");
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity);
    } catch {
      throw new UsageError("not an age identity", {
        hint: "an identity begins with AGE-SECRET-KEY-1 and is made by: age-keygen -o key.txt",
      });
    }
  }
  return decrypter;
}

async function gather(
  values: readonly string[] = [],
  files: readonly PathOrUrl[] = [],
  what: string,
): Promise<string[]> {
  const keys = [...values];
  for (const file of files) {
    const path = pathText(file);
    const lines = linesOf(await readTextFile(path, `the ${what}`));
    if (lines.length === 0) throw new UsageError(`the ${what} holds no key`, { object: path });
    keys.push(...lines);
  }
  return keys;
}

function linesOf(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
}
