/** A connection string in the place of a path: refused, and not repeated, whatever the function. */
import { inspect as show } from "node:util";
import { describe, expect, test } from "vitest";
import { dump } from "../../src/dump/dump.ts";
import { drill } from "../../src/drill/drill.ts";
import { backup } from "../../src/nexushub/backup/backup.ts";
import { nexusHubDrill } from "../../src/nexushub/drill/nexushub-drill.ts";
import { unlock } from "../../src/nexushub/backup-folder/unlock.ts";
import { prune } from "../../src/nexushub/retention/prune.ts";
import { pack } from "../../src/pack/pack.ts";
import { unpack } from "../../src/pack/unpack.ts";
import { restore } from "../../src/restore/restore.ts";
import { inspect, inspectSql } from "../../src/verify/inspect.ts";
import { verify } from "../../src/verify/verify.ts";

const CALLS: readonly (readonly [string, (text: string) => Promise<unknown>])[] = [
  ["verify", (text) => verify(text)],
  ["inspect", (text) => inspect(text)],
  ["inspectSql", (text) => inspectSql(text)],
  ["restore", (text) => restore(text, "backup.tar.gz")],
  ["dump", (text) => dump("backup.tar.gz", text)],
  ["drill", (text) => drill(text)],
  ["nexusHubDrill", (text) => nexusHubDrill(text)],
  ["pack", (text) => pack(text, "folder")],
  ["pack into", (text) => pack("backup.tar.gz", text)],
  ["unpack", (text) => unpack(text, "backup.tar.gz")],
  ["unpack into", (text) => unpack("folder", text)],
  ["backup", (text) => backup({ folder: text })],
  ["prune", (text) => prune(text)],
  ["unlock", (text) => unlock(text)],
];

describe.each([
  "postgresql://u:s3cret@db.example/x",
  "host=h user=u password=s3cret",
  "dbname=x password=s3cret",
  "u:s3cret@db.example/x",
])("%s", (text) => {
  test.each(CALLS)("is refused by %s", async (_name, call) => {
    const error: unknown = await call(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "USAGE" });
    expect(show(error, { depth: 12, showHidden: true })).not.toContain("s3cret");
  });
});
