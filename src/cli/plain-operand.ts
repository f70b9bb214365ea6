/** An operand that may be an archive or a plain dump of pg_dump: by what it holds. */
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { isPlain } from "../plain/inspect-plain.ts";
import { withRereadableArchive } from "./archive-operand.ts";
import type { CommandContext } from "./command.ts";
import type { DecryptionOptions } from "./encryption.ts";

export interface Operand {
  readonly archive: ArchiveOrigin;
  /** Whether it is a plain dump. */
  readonly isPlain: boolean;
}

/** Looks what it is before `body` reads it. */
export function withOperand<T>(
  context: CommandContext,
  file: string | undefined,
  options: DecryptionOptions,
  body: (operand: Operand) => Promise<T>,
): Promise<T> {
  return withRereadableArchive(context, file, options, async (archive) =>
    body({ archive, isPlain: await isPlain(archive) }),
  );
}
