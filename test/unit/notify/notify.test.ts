/** Pings, webhooks and commands, as the services and the shell receive them. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { notify } from "../../../src/notify/notify.ts";
import { type RunReport, singleValues } from "../../../src/notify/report.ts";

const report: RunReport = {
  version: 1,
  task: "backup",
  outcome: "failure",
  host: "vpn",
  startedAt: "2026-11-24T03:00:00.000Z",
  elapsedMs: 1200,
  exitCode: 1,
  message: "cannot write /backups: the disk is full",
  error: { code: "OUTPUT", message: "cannot write /backups: the disk is full", hint: "free some" },
  warnings: ["one\nwarning"],
  result: { archiveBytes: 12, base: null },
};
/** Of a test that expects an answer: a busy machine may take long to give it. */
const patience = { attempts: 3, timeoutMs: 10_000, pauseMs: 1 };

interface Received {
  readonly path: string;
  readonly type: string | undefined;
  readonly body: string;
}
let server: Server;
let url: string;
let received: Received[] = [];
/** What the service answers, one after the other; then 200. 0 does not answer. */
let answers: number[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => {
      received.push({ path: request.url!, type: request.headers["content-type"], body });
      const status = answers.shift() ?? 200;
      if (status !== 0) response.writeHead(status).end("OK");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
afterEach(() => {
  received = [];
  answers = [];
});

describe("a ping", () => {
  test.each([
    ["start", "/ping/secret/start?a=1"],
    ["success", "/ping/secret?a=1"],
    ["failure", "/ping/secret/fail?a=1"],
  ] as const)("of %s", async (outcome, path) => {
    expect(await notify({ pingUrl: `${url}/?a=1`, patience }, { ...report, outcome })).toEqual([]);
    expect(received.map((each) => each.path)).toEqual([path]);
    expect(received[0]!.body.split("\n")[0]).toBe(report.message);
    expect(received[0]!.body).toContain("hint: free some");
  });

  test("is repeated while the service is busy, and not when it refuses", async () => {
    answers = [500, 429];
    expect(await notify({ pingUrl: url, patience }, report)).toEqual([]);
    expect(received).toHaveLength(3);
    received = [];
    answers = [404];
    const warnings = await notify({ pingUrl: url, patience }, report);
    expect(received).toHaveLength(1);
    expect(warnings).toMatchObject([
      {
        code: "notification-failed",
        message: expect.stringMatching(/^the ping failed: .*answered 404/),
      },
    ]);
  });

  test("gives up on a service that does not answer, and never tells its URL", async () => {
    answers = [0, 0, 0];
    const impatience = { ...patience, timeoutMs: 200 };
    const silent = await notify({ pingUrl: url, patience: impatience }, report);
    expect(silent[0]!.message).toMatch(/no answer within 0.2 seconds/);
    const nowhere = await notify({ pingUrl: "http://127.0.0.1:1/secret", patience }, report);
    expect(nowhere[0]!.message).toMatch(/^the ping failed: 127.0.0.1:1: /);
    for (const { message } of [...silent, ...nowhere]) expect(message).not.toContain("secret");
  });
});

test("a webhook receives the report as JSON, and nothing at the start", async () => {
  expect(await notify({ webhook: url, patience }, { ...report, outcome: "start" })).toEqual([]);
  expect(received).toEqual([]);
  expect(await notify({ webhook: url, patience }, report)).toEqual([]);
  expect(received[0]!.type).toBe("application/json");
  expect(JSON.parse(received[0]!.body)).toEqual(report);
});

describe("a command", () => {
  test("gets the facts and none of our secrets", async () => {
    const folder = mkdtempSync(join(tmpdir(), "notify-"));
    process.env["PGPASSWORD"] = "hush";
    try {
      const command = `env > '${folder}/env'; printf %s "$NEXUSHUB_DUMP_MESSAGE" > '${folder}/message'`;
      const options = { onFailure: command, onSuccess: "exit 9" };
      expect(await notify(options, { ...report, message: "a\0b" })).toEqual([]);
      expect(readFileSync(join(folder, "message"), "utf8")).toBe("ab");
      const env = readFileSync(join(folder, "env"), "utf8");
      expect(env).toContain("NEXUSHUB_DUMP_ERROR_CODE=OUTPUT\n");
      expect(env).toContain("NEXUSHUB_DUMP_RESULT_ARCHIVE_BYTES=12\n");
      expect(env).not.toContain("hush");
    } finally {
      delete process.env["PGPASSWORD"];
      rmSync(folder, { recursive: true });
    }
  });

  test("that fails or hangs is a warning", async () => {
    const failing = await notify({ onFailure: "exit 3" }, report);
    expect(failing[0]!.message).toBe("the command of --on-failure failed: exit code 3");
    const hanging = await notify({ onFailure: "sleep 30 & wait", commandTimeoutMs: 100 }, report);
    expect(hanging[0]!.message).toMatch(/it was stopped after 0.1 seconds/);
  });
});

test("lists and objects of a result are not reported", () => {
  expect(singleValues({ a: 1, b: null, c: [1], d: { e: 1 }, f: "x", g: undefined })).toEqual({
    a: 1,
    b: null,
    f: "x",
  });
});
