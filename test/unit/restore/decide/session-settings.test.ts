import { describe, expect, test } from "vitest";
import { tuning } from "../../../../src/restore/decide/session-settings.ts";

describe("tuning", () => {
  const facts = {
    sharedBuffersKb: 131072,
    maintenanceWorkMemKb: 65536,
    maxParallelMaintenanceWorkers: 2,
    maxParallelWorkers: 8,
  };

  test("raises memory with shared_buffers, within bounds, and never lowers what is set", () => {
    const memory = (more: Partial<typeof facts>): string | undefined =>
      tuning({ ...facts, ...more }).maintenanceWorkMem;
    expect(memory({})).toBe("262144kB");
    expect(memory({ sharedBuffersKb: 1024 })).toBe("131072kB");
    expect(memory({ sharedBuffersKb: 64 * 1024 * 1024 })).toBe("1048576kB");
    expect(memory({ maintenanceWorkMemKb: 8 * 1024 * 1024 })).toBe("8388608kB");
  });
});
