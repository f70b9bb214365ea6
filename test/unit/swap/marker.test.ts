import { expect, test } from "vitest";
import {
  formatMarker,
  isNewName,
  keptName,
  type Marker,
  newName,
  parseMarker,
} from "../../../src/swap/database/marker.ts";

const KEPT: Marker = {
  kind: "kept",
  database: `a "b"`,
  successor: 16400,
  swappedAt: "2026-01-02T03:04:05.678Z",
  keepUntil: "2026-01-09T03:04:05.678Z",
  comment: "it's {mine}",
};

test("a comment says what the database is, and no other comment does", () => {
  const fresh: Marker = { kind: "new", database: "shop", databaseOid: 5 };
  for (const marker of [KEPT, fresh]) expect(parseMarker(formatMarker(marker))).toEqual(marker);
  const others = [
    null,
    "",
    "my comment",
    "nexushub-dump: ",
    "nexushub-dump: null",
    "nexushub-dump: {}",
    `nexushub-dump: {"kind":"new","database":"shop"}`,
    formatMarker({ ...KEPT, keepUntil: "some day" }),
    `x${formatMarker(KEPT)}`,
  ];
  for (const comment of others) expect(parseMarker(comment)).toBeUndefined();
});

test.each(["shop", "Ein sehr langer Name für eine Datenbank, mit Umlauten: äöüß", "x".repeat(63)])(
  "names beside %s fit, begin with it, and are recognized",
  (database) => {
    const name = newName(database, "3f2a91");
    const kept = keptName(database, new Date(Date.UTC(2026, 10, 28, 10, 15)), "3f2a91");
    expect(kept).toMatch(/_old_20261128t101500z_3f2a91$/);
    for (const each of [name, kept]) {
      expect(Buffer.byteLength(each)).toBeLessThanOrEqual(63);
      expect(each.startsWith(database.slice(0, 10).replace(/ $/, "") || database)).toBe(true);
    }
    expect(isNewName(name, database)).toBe(true);
    expect(isNewName(name, "another")).toBe(false);
    expect(isNewName(`${name.slice(0, -1)}x`, database)).toBe(false);
    expect(isNewName("shop_new_order", "shop")).toBe(false);
  },
);
