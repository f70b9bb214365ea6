import { expect, test } from "vitest";
import { isUnacknowledged } from "../../../src/pg/peer-watch.ts";

const HEADER =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const PORTS = { localPort: 0xce3a, remotePort: 0x1539 };
/** As Linux 6.18 prints it. */
const row = (timer: string, retransmissions: string, probes: number, local = "CE3A"): string =>
  `   7: 014DE70A:${local} 064DE70A:1539 01 00000049:00000000 ${timer} ${retransmissions}     0        ${probes} 4969112 1 0000000000000000 25 4 30 10 -1`;
const table = (...rows: string[]): string => [HEADER, ...rows, ""].join("\n");

test.each([
  ["repeats what it sent", table(row("01:0000013E", "00000004", 0)), true],
  ["has just sent something", table(row("01:00000014", "00000000", 0)), false],
  ["waits", table(row("02:00000014", "00000000", 0)), false],
  ["has nothing to do", table(row("00:00000000", "00000000", 0)), false],
  ["asks a peer without room, which answers", table(row("04:00000014", "00000000", 0)), false],
  ["asks a peer without room, which is gone", table(row("04:00000014", "00000000", 3)), true],
  ["is another one", table(row("01:0000013E", "00000004", 0, "CE3B")), false],
  ["is not in the table", table(), false],
  [
    "shares its ports with one that works",
    table(row("01:0000013E", "00000004", 0), row("00:00000000", "00000000", 0)),
    false,
  ],
  ["cannot be read", "", false],
])("a socket that %s", (_name, text, expected) => {
  expect(isUnacknowledged(text, PORTS)).toBe(expected);
});
