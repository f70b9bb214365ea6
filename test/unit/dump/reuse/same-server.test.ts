/** Each fact about the server that stops reuse: without the check, an archive with that difference would be used. */
import { describe, expect, test } from "vitest";
import type { Manifest, ManifestServer } from "../../../../src/archive/format/manifest.ts";
import { oldestRunning, refusalOfServer } from "../../../../src/dump/reuse/same-server.ts";

const SERVER: ManifestServer = {
  systemIdentifier: "7300000000000000001",
  databaseOid: 16384,
  timeline: 1,
  startedAt: "2026-11-24T03:00:00.123456Z",
  statisticsSince: "2026-11-24T03:00:01.000000Z",
  snapshot: "1000:1010:1000,1005",
  walInsertedTo: "0/15D4F80",
  walFlushedTo: "0/15D4F80",
};
/** The server some transactions later. */
const LATER: ManifestServer = {
  ...SERVER,
  snapshot: "1200:1200:",
  walInsertedTo: "1/0",
  walFlushedTo: null,
};

function refusal(
  earlier: Partial<ManifestServer> | null,
  now: Partial<ManifestServer> | null = {},
  { version = 160_004, compression = "gzip:4" } = {},
): string | null {
  return refusalOfServer(
    {
      server: earlier === null ? null : { ...SERVER, ...earlier },
      database: { serverVersionNum: 160_004 },
      options: { compression: "gzip:4" },
    } as Pick<Manifest, "server" | "database" | "options">,
    {
      server: now === null ? null : { ...LATER, ...now },
      serverVersionNum: version,
      compression,
    },
  );
}

test("an archive of the same server can be used, of the same moment too", () => {
  expect(refusal({})).toBeNull();
  expect(refusal({}, SERVER)).toBeNull();
});

describe("an archive cannot be used", () => {
  test.each<[string, string, Partial<ManifestServer> | null, (Partial<ManifestServer> | null)?]>([
    ["without a server", "server-unknown", null],
    ["when this server says nothing", "server-unknown", {}, null],
    ["without a system identifier", "server-unknown", { systemIdentifier: null }],
    ["when this server hides its identifier", "server-unknown", {}, { systemIdentifier: null }],
    ["without a timeline", "server-unknown", { timeline: null }],
    ["when this server hides its timeline", "server-unknown", {}, { timeline: null }],
    ["of another server", "other-server", {}, { systemIdentifier: "1" }],
    ["of another database", "other-database", {}, { databaseOid: 16385 }],
    ["of another timeline", "other-timeline", {}, { timeline: 2 }],
    [
      "of before a restart, were it a microsecond",
      "server-restarted",
      {},
      { startedAt: "2026-11-24T03:00:00.123457Z" },
    ],
    ["of a standby", "standby", { walInsertedTo: null, walFlushedTo: null }],
    ["on a standby", "standby", {}, { walInsertedTo: null }],
    ["when transactions are missing", "server-went-back", {}, { snapshot: "1000:1009:" }],
    ["when older transactions run", "server-went-back", {}, { snapshot: "999:1200:999" }],
    ["when WAL is missing", "server-went-back", {}, { walInsertedTo: "0/15D4F7F" }],
    [
      "when transaction ids came round",
      "too-many-transactions",
      {},
      { snapshot: `${1000 + 2 ** 31}:${1000 + 2 ** 31}:` },
    ],
  ])("%s", (_when, reason, earlier, now) => {
    expect(refusal(earlier, now)).toBe(reason);
  });

  test("of another version or compression", () => {
    expect(refusal({}, {}, { version: 160_005 })).toBe("other-version");
    expect(refusal({}, {}, { compression: "gzip:5" })).toBe("other-compression");
  });
});

test("one transaction fewer has not come round", () => {
  const xmax = 1000 + 2 ** 31 - 1;
  expect(refusal({}, { snapshot: `${xmax}:${xmax}:` })).toBeNull();
});

describe("WAL that was not flushed", () => {
  const unflushed = { walFlushedTo: "0/15D4F7F" };

  test.each<[string, Partial<ManifestServer>, Partial<ManifestServer>]>([
    ["and a crash since", unflushed, { statisticsSince: "2026-11-25T00:00:00.000000Z" }],
    ["and a server that does not tell", { ...unflushed, statisticsSince: null }, {}],
    [
      "and two that do not tell",
      { ...unflushed, statisticsSince: null },
      { statisticsSince: null },
    ],
    [
      "at an unknown position",
      { walFlushedTo: null },
      { statisticsSince: "2026-11-25T00:00:00.000000Z" },
    ],
  ])("%s", (_what, earlier, now) => {
    expect(refusal(earlier, now)).toBe("server-crashed");
  });

  test("does not matter without a crash", () => {
    expect(refusal(unflushed)).toBeNull();
    expect(refusal({ walFlushedTo: null })).toBeNull();
  });

  test("is compared as a number, not as text", () => {
    const now = { statisticsSince: "2026-11-25T00:00:00.000000Z", walInsertedTo: "11/0" };
    expect(refusal({ walInsertedTo: "9/FF", walFlushedTo: "10/0" }, now)).toBeNull();
    expect(refusal({ walInsertedTo: "10/0", walFlushedTo: "9/FF" }, now)).toBe("server-crashed");
  });
});

test("the oldest running transaction is given as row versions show it", () => {
  expect(oldestRunning(SERVER)).toBe(1000);
  expect(oldestRunning({ ...SERVER, snapshot: `${2 ** 32 + 7}:${2 ** 32 + 9}:` })).toBe(7);
});
