import { expect, test } from "vitest";
import { createFixture } from "../../../src/testing/create-fixture.ts";
import type { ServerSession } from "../../../src/testing/server-session.ts";

test("a second session that cannot be opened leaves the first one closed", async () => {
  let closed = 0;
  const session: ServerSession = {
    // Nothing listens there.
    url: "postgresql://localhost:1/postgres",
    owner: { pid: 1, started: "1" },
    major: 18,
    login: "postgres",
    run: () => expect.unreachable("no statement is needed"),
    close: async () => void closed++,
  };
  const template = {
    name: "t",
    key: "k",
    settings: [],
    release: () => expect.unreachable("the session's end releases it"),
  };
  const options = { server: session.url, pool: 1 };
  const parts = { session, template, contents: undefined, options };
  await expect(
    createFixture(parts, () => expect.unreachable("who opened the archive closes it")),
  ).rejects.toMatchObject({ code: "CONNECTION" });
  expect(closed).toBe(1);
});
