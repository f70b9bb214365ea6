/** Fills a new template: the archive, then migrations, then what the caller does. */
import { throwIfAborted } from "../errors.ts";
import { openClient } from "../pg/connect.ts";
import { restore } from "../restore/restore.ts";
import { applyMigrations } from "./migrations/apply.ts";
import type { MigrationFolder } from "./migrations/folder.ts";
import type { FixtureOptions } from "./options.ts";

/** @throws what `restore` throws; ServerError for a migration; what `prepare` throws. */
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
    if (prepare === undefined) await applyMigrations(client, migrations!);
    else await prepare(client, url);
  } finally {
    await client.end();
  }
}
