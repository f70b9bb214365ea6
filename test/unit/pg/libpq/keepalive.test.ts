import { expect, test } from "vitest";
import { keepAlive, unacknowledgedMs } from "../../../../src/pg/libpq/keepalive.ts";

test.each([
  [{}, 60],
  [{ keepalives_idle: "5" }, 5],
  [{ keepalives_idle: "0" }, 60],
  // Given up after 20 + 3 × 5 seconds: Node's ten probes take ten of these.
  [{ keepalives_idle: "20", keepalives_interval: "3", keepalives_count: "5" }, 25],
  [{ keepalives_idle: "2", keepalives_interval: "2", keepalives_count: "3" }, 1],
  [{ keepalives_interval: "30" }, 350],
])("%j probes after %d seconds", (params, seconds) => {
  expect(keepAlive(params)).toEqual({
    keepAlive: true,
    keepAliveInitialDelayMillis: seconds * 1000,
  });
});

test("can be switched off, and takes numbers alone", () => {
  expect(keepAlive({ keepalives: "0" })).toMatchObject({ keepAlive: false });
  expect(keepAlive({ keepalives: "1" })).toMatchObject({ keepAlive: true });
  expect(() => keepAlive({ keepalives_idle: "soon" })).toThrow(/keepalives_idle is not a number/);
});

test.each([
  [{}, 70_000],
  [{ keepalives_idle: "2", keepalives_interval: "2", keepalives_count: "3" }, 8_000],
  [{ tcp_user_timeout: "1500", keepalives_idle: "2" }, 1_500],
  [{ tcp_user_timeout: "0", keepalives_idle: "20" }, 30_000],
  [{ keepalives: "0" }, 0],
  [{ keepalives: "0", tcp_user_timeout: "9" }, 9],
])("%j leaves %d ms for an acknowledgement", (params, ms) => {
  expect(unacknowledgedMs(params)).toBe(ms);
});
