import { describe, expect, test } from "vitest";
import { serverVersion } from "../../../../src/catalog/version.ts";
import { pinnedSettings as sessionSettings } from "../../../../src/pg/session.ts";
import { pinnedSettings, tuning } from "../../../../src/restore/decide/session-settings.ts";

describe("tuning", () => {
  const facts = {
    sharedBuffersKb: 131072,
    maintenanceWorkMemKb: 65536,
    maxParallelMaintenanceWorkers: 2,
    maxParallelWorkers: 8,
    processors: 2 as number | null,
  };

  test("raises memory with shared_buffers, within bounds, and never lowers what is set", () => {
    const memory = (more: Partial<typeof facts>): number =>
      tuning({ ...facts, ...more }).maintenanceWorkMemKb;
    expect(memory({})).toBe(262144);
    expect(memory({ sharedBuffersKb: 1024 })).toBe(131072);
    expect(memory({ sharedBuffersKb: 64 * 1024 * 1024 })).toBe(1048576);
    expect(memory({ maintenanceWorkMemKb: 8 * 1024 * 1024 })).toBe(8388608);
  });

  test("builds an index with as many processes as the machine has processors, where they are known", () => {
    const processes = (more: Partial<typeof facts>): number =>
      tuning({ ...facts, ...more }).processes;
    expect(processes({})).toBe(2);
    expect(processes({ processors: null })).toBe(5);
    expect(processes({ processors: 64, maxParallelMaintenanceWorkers: 6 })).toBe(7);
    expect(processes({ processors: 64, maxParallelWorkers: 0 })).toBe(1);
  });
});

/** Settings that a newer major no longer knows, and so refuses to set. */
const REMOVED = ["escape_string_warning"];

test("sets nothing that PostgreSQL 19 has removed, in a dump's session and in a restore's", () => {
  const version = serverVersion(190000);
  const names = [...pinnedSettings(version, 0), ...sessionSettings(version)].map(([name]) => name);
  expect(names).toContain("standard_conforming_strings");
  expect(names.filter((name) => REMOVED.includes(name))).toEqual([]);
});
