/** A server that does not start says why in one line. */
import { expect, test } from "vitest";
import { folderFailure, startFailure } from "../../../src/embedded/start-failure.ts";
import { AbortedError } from "../../../src/errors.ts";

const FULL_DISK = `The files belonging to this database system will be owned by user "nobody".
This user must also own the server process.

creating directory /tmp/nexushub-dump-pg-nIWB4Z/data ... ok
running bootstrap script ... 2026-11-28 23:43:22.778 UTC [12485] FATAL:  could not extend file "base/1/2691": No space left on device
2026-11-28 23:43:22.778 UTC [12485] HINT:  Check free disk space.
2026-11-28 23:43:22.778 UTC [12485] PANIC:  cannot abort transaction 1, it was already committed
Aborted
child process exited with exit code 134
initdb: removing data directory "/tmp/nexushub-dump-pg-nIWB4Z/data"
`;

test.each([
  [
    "a full disk",
    FULL_DISK,
    'could not extend file "base/1/2691": No space left on device',
    "free some space in /tmp, or set TMPDIR to another folder",
  ],
  [
    "an account without a name",
    "initdb: error: could not look up effective user ID 999: user does not exist\n",
    "could not look up effective user ID 999: user does not exist",
    expect.stringContaining("/etc/passwd"),
  ],
  [
    "a wrong setting",
    'ok\n2026-11-28 23:43:22.778 UTC [1] LOG:  invalid value for parameter "work_mem": "x"\n2026-11-28 23:43:22.778 UTC [1] FATAL:  configuration file "/x/postgresql.conf" contains errors\n',
    'invalid value for parameter "work_mem": "x"',
    undefined,
  ],
])("%s", (_name, log, reason, hint) => {
  expect(startFailure({ late: false, log, base: "/tmp" })).toMatchObject({
    code: "CONNECTION",
    message: `the embedded PostgreSQL did not start: ${reason}`,
    hint,
  });
});

test("what says no reason is shown itself, and so is what was there when time was up", () => {
  expect(startFailure({ late: false, log: "one\ntwo\n", base: "/tmp" }).message).toBe(
    "the embedded PostgreSQL did not start\none\ntwo",
  );
  const late = startFailure({ late: true, log: "x: error: y\n", base: "/tmp" });
  expect(late.message).toBe("the embedded PostgreSQL took too long to start\nx: error: y");
});

test("a folder that cannot be made is an error of ours, and others stay what they are", () => {
  const cause = Object.assign(new Error("ENOSPC: no space left on device, mkdtemp '/t/x'"), {
    code: "ENOSPC",
    syscall: "mkdtemp",
  });
  expect(folderFailure(cause, "/t")).toMatchObject({
    code: "CONNECTION",
    message: "the embedded PostgreSQL did not start: the disk is full",
    hint: "free some space in /t, or set TMPDIR to another folder",
  });
  for (const other of [new AbortedError("here"), new TypeError("x"), "text"])
    expect(folderFailure(other, "/t")).toBe(other);
});
