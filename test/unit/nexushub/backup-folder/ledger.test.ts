import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  EMPTY_LEDGER,
  type Ledger,
  LEDGER_NAME,
  readLedger,
  writeLedger,
} from "../../../../src/nexushub/backup-folder/ledger.ts";
import { listBackups } from "../../../../src/nexushub/backup-folder/list-backups.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "ledger-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const NAME = "nexushub-20261124T030000Z.tar.gz";
const ledger: Ledger = {
  version: 2,
  backups: {
    [NAME]: {
      archiveBytes: 5,
      verifiedAt: "2026-11-24T03:00:10Z",
      database: "1/nexushub",
      sha256: "ab".repeat(32),
      base: null,
    },
  },
  successes: {
    "1/nexushub": {
      at: "2026-11-24T03:00:10Z",
      elapsedMs: 1500,
      archiveBytes: 5,
      rows: 7,
      keyFits: true,
    },
  },
  failures: 2,
};

describe("the ledger", () => {
  test("is read as it was written, and private", async () => {
    expect(await readLedger(folder)).toEqual({ ledger: EMPTY_LEDGER, problem: null });
    await writeLedger(folder, ledger);
    expect(await readLedger(folder)).toEqual({ ledger, problem: null });
    expect(statSync(join(folder, LEDGER_NAME)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual([LEDGER_NAME]);
  });

  test("of version 1 is read, its backups of an unknown database", async () => {
    const { backups, failures } = ledger;
    const { verifiedAt } = backups[NAME]!;
    const old = { version: 1, backups: { [NAME]: { bytes: 5, verifiedAt } }, failures };
    writeFileSync(join(folder, LEDGER_NAME), JSON.stringify({ ...old, lastSuccess: null }));
    expect(await readLedger(folder)).toEqual({
      ledger: {
        version: 2,
        backups: {
          [NAME]: { archiveBytes: 5, verifiedAt, database: null, sha256: null, base: null },
        },
        successes: {},
        failures,
      },
      problem: null,
    });
  });

  test.each(["", "{", "[]", '{"version":3}', '{"version":1,"backups":7}'])(
    "damaged as %j it counts as empty, with the problem",
    async (text) => {
      writeFileSync(join(folder, LEDGER_NAME), text);
      const { ledger: read, problem } = await readLedger(folder);
      expect(read).toEqual(EMPTY_LEDGER);
      expect(problem).toContain("no existing backup will be removed");
    },
  );
});

describe("listBackups", () => {
  test("lists regular files with a backup's name, newest first, with their entries", async () => {
    const older = "nexushub-20261123T030000Z.tar.gz.age";
    for (const name of [
      NAME,
      older,
      "nexushub-20261122T030000Z.sql.gz",
      "notes.txt",
      ".nexushub-20261124T030000Z.tar.gz",
    ])
      writeFileSync(join(folder, name), "12345");
    mkdirSync(join(folder, "nexushub-20261121T030000Z.tar.gz"));
    symlinkSync(join(folder, NAME), join(folder, "nexushub-20261120T030000Z.tar.gz"));
    const found = await listBackups(folder, ledger);
    expect(found.map(({ name }) => name)).toEqual([NAME, older]);
    expect(found[0]).toMatchObject({
      archiveBytes: 5,
      encrypted: false,
      entry: { verifiedAt: "2026-11-24T03:00:10Z" },
    });
    expect(found[1]).toMatchObject({ encrypted: true, entry: null });
  });

  test("does not take a file of another size for the one that it knows", async () => {
    writeFileSync(join(folder, NAME), "123456");
    expect((await listBackups(folder, ledger))[0]!.entry).toBeNull();
  });
});
