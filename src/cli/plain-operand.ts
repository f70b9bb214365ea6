/** An operand that may be an archive or a plain dump of pg_dump: by what it holds. */
import { reopenable } from "../archive/storage/reopenable.ts";
import type { ArchiveOrigin } from "../archive/storage/source.ts";
import { isPlain } from "../plain/inspect-plain.ts";
import { archiveOf } from "./archive-operand.ts";
import type { CommandContext } from "./command.ts";
import type { DecryptionOptions } from "./encryption.ts";

export interface Operand {
  readonly archive: ArchiveOrigin;
  /** Whether it is a plain dump. */
  readonly isPlain: boolean;
}

/** Standard input is written to a temporary file first: it is read more than once. */
export async function withOperand<T>(
  { io, signal }: CommandContext,
  file: string | undefined,
  options: DecryptionOptions,
  body: (operand: Operand) => Promise<T>,
): Promise<T> {
  const spooled = file === "-" ? await reopenable(io.stdin, signal) : undefined;
  try {
    const archive = await archiveOf(file, io, options, spooled?.store);
    return await body({ archive, isPlain: await isPlain(archive) });
  } finally {
    await spooled?.close();
  }
}
