import { describe, expect, test } from "vitest";
import { nobodyIn } from "../../../src/embedded/account.ts";
import { settingsFile } from "../../../src/embedded/server-config.ts";

describe("settingsFile", () => {
  test("listens on the socket alone unless asked, and does not wait for the disk", () => {
    const text = settingsFile("/tmp/x", 5432, {});
    expect(text).toContain("listen_addresses = ''\n");
    expect(text).toContain("unix_socket_directories = '/tmp/x'\n");
    expect(text).toContain("fsync = off\n");
  });

  test("waits for the disk when it is to be durable", () => {
    expect(settingsFile("/tmp/x", 5432, { durable: true })).not.toContain("fsync");
  });

  test("lets the caller's settings stand, whatever they hold", () => {
    const text = settingsFile("/tmp/x", 5432, {
      settings: { fsync: true, cluster_name: "a'b\\c" },
    });
    expect(text).toContain("fsync = on\n");
    expect(text).not.toContain("fsync = off");
    expect(text).toContain("cluster_name = 'a''b\\\\c'\n");
  });
});

describe("nobodyIn", () => {
  test("reads Debian's, macOS's and a missing entry", () => {
    expect(nobodyIn("root:x:0:0::/:/bin/sh\nnobody:x:65534:65533:n:/:/x\n")).toEqual({
      uid: 65534,
      gid: 65533,
    });
    expect(nobodyIn("nobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false")).toEqual({
      uid: 4294967294,
      gid: 4294967294,
    });
    expect(nobodyIn("root:x:0:0::/:/bin/sh\n")).toEqual({ uid: 65534, gid: 65534 });
  });
});
