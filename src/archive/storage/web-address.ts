/** An archive behind an address of the web, as a stream. Redirections are followed; the size is bounded by the disk. */
import { Readable } from "node:stream";
import { AbortedError, ArchiveError } from "../../errors.ts";

/** @throws ArchiveError only when the server does not answer with the archive; the message has no path or query. */
export async function openAddress(url: URL, signal: AbortSignal | undefined): Promise<Readable> {
  // Paths and queries of signed addresses are secrets.
  const object = url.origin;
  let response: Response;
  try {
    response = await fetch(url, { signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted === true) throw new AbortedError("while reading the archive", { cause });
    throw new ArchiveError(`cannot fetch the archive from ${object}: ${reasonOf(cause)}`, {
      object,
      hint: "check the address and the network, or fetch the archive and give its path",
    });
  }
  if (response.ok && response.body !== null) return Readable.fromWeb(response.body);
  await response.body?.cancel();
  throw new ArchiveError(`cannot fetch the archive from ${object}: status ${response.status}`, {
    object,
  });
}

/** The system's code alone: messages of `fetch` can quote the address. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === "string" ? cause.code : "no answer";
}
