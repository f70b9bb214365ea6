/** Backups of one NexusHub database, an hour apart, in a folder that each test has to itself. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type { EmbeddedServer } from "../../src/embedded/index.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import type { BackupOptions, BackupResult } from "../../src/nexushub/backup/options.ts";
import { loadNexusHubDemoData, TEST_KEY } from "../../src/nexushub/demo-data/index.ts";
import { connect } from "../../src/pg/connect.ts";
import { startEmbedded } from "../../src/testing/start-embedded.ts";
import { verify } from "../../src/verify/verify.ts";
import { expectRowsOfTables } from "./reuse.ts";

export interface BackupRuns {
  readonly url: string;
  readonly folder: string;
  readonly run: (options?: BackupOptions) => Promise<BackupResult>;
  /** Verifies every byte of the backup, and compares its rows with those of the tables. */
  readonly expectComplete: (path: string) => Promise<void>;
  /** Changes one row. */
  readonly change: () => Promise<void>;
}

/**
 * Registers the hooks of a test file. The server is its own: a transaction that another test leaves open is one that an
 * earlier snapshot did not see end.
 */
export function backupRuns(): BackupRuns {
  let server: EmbeddedServer;
  let folder: string;
  let hour = 0;
  beforeAll(async () => {
    server = await startEmbedded({ major: 16, settings: { autovacuum: false } });
    await loadNexusHubDemoData(server.url, { auditRows: 20_000 });
  });
  afterAll(async () => server?.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "nexushub-backup-runs-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    get url() {
      return server.url;
    },
    get folder() {
      return folder;
    },
    run: (options = {}) =>
      backup({
        databaseUrl: server.url,
        folder,
        env: { PEER_KEY_ENCRYPTION_KEY: TEST_KEY.toString("base64") },
        now: () => new Date(Date.UTC(2026, 10, 24, hour++)),
        ...options,
      }),
    async expectComplete(path) {
      await verify(path);
      const { connection } = await connect(server.url);
      try {
        await expectRowsOfTables(connection, { store: path });
      } finally {
        await connection.close();
      }
    },
    async change() {
      const client = new pg.Client(server.url);
      await client.connect();
      await client.query("DELETE FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)");
      await client.end();
    },
  };
}
