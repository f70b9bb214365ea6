/** Who may open an archive, and with what, without a type of age's library: that is an ES module, whose types CommonJS cannot name. */

import type { PathOrUrl } from "../../util/path-text.ts";

/** For whom an archive is encrypted: recipients, or a passphrase alone. */
export interface AgeRecipients {
  /** `age1…`, as `age-keygen -y` prints them. */
  readonly recipients?: readonly string[] | undefined;
  /** Files with a recipient on each line. */
  readonly recipientFiles?: readonly PathOrUrl[] | undefined;
  readonly passphrase?: string | undefined;
}

/** With what an archive is decrypted; the first that fits is taken. */
export interface AgeIdentities {
  /** `AGE-SECRET-KEY-1…`. */
  readonly identities?: readonly string[] | undefined;
  /** Files with an identity on each line, as `age-keygen -o` writes them. */
  readonly identityFiles?: readonly PathOrUrl[] | undefined;
  readonly passphrase?: string | undefined;
  /** Take an archive that is not encrypted, too. Default: false. */
  readonly allowPlain?: boolean | undefined;
}
