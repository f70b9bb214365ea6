/** Fills a new template: the archive, then migrations, then what the caller does. */
import { AbortedError, throwIfAborted } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import { restore } from "../restore/restore.ts";
import { applyMigrations } from "./migrations/apply.ts";
import type { MigrationFolder } from "./migrations/folder.ts";
import type { FixtureOptions } from "./options.ts";

/**
 * @throws what `restore` throws; ServerError for a migration; what `prepare` throws; AbortedError, which does not wait for
 *   `prepare`: its client is ended, and the database dropped.
 */
export async function fillTemplate(
  url: string,
  options: FixtureOptions,
  migrations: MigrationFolder | null,
): Promise<void> {
  const { archive, restore: how, prepare, signal } = options;
  if (archive !== undefined) await restore(archive, url, { trusted: true, signal, ...how });
  if (prepare === undefined && migrations === null) return;
  throwIfAborted(signal, "before the template was prepared");
  const client = await openClient(url);
  try {
    const work =
      prepare === undefined ? applyMigrations(client, migrations!) : prepare(client, url);
    await unlessAborted(work, signal);
  } finally {
    // Ends a running statement, too.
    await client.end();
  }
}

/** Waits for work that knows nothing of the signal. After an abort nobody hears how it ends. */
async function unlessAborted(
  work: Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) return void (await work);
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = (): void =>
      reject(new AbortedError("while the template was prepared", { cause: signal.reason }));
    signal.addEventListener("abort", onAbort, { once: true, signal: listening.signal });
    if (signal.aborted) onAbort();
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    listening.abort();
  }
}
