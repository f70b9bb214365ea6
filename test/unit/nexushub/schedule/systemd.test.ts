import { describe, expect, test } from "vitest";
import { type ScheduleOptions, systemdUnits } from "../../../../src/nexushub/schedule/systemd.ts";

const options: ScheduleOptions = {
  command: [
    process.execPath,
    "/opt/nexushub-dump/dist/cli/main.js",
    "backup",
    "/var/backups/nexushub",
  ],
  writes: ["/var/backups/nexushub", "/var/lib/prometheus/node-exporter"],
  envFile: "/etc/nexushub/env",
};
const setting = (text: string, name: string) =>
  text
    .split("\n")
    .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : []));

describe("systemdUnits", () => {
  test("gives a service and a timer under the documented names", () => {
    const [service, timer] = systemdUnits(options);
    expect(service!.path).toBe("/etc/systemd/system/nexushub-backup.service");
    expect(timer!.path).toBe("/etc/systemd/system/nexushub-backup.timer");
    expect(setting(service!.text, "Type")).toEqual(["oneshot"]);
    expect(setting(service!.text, "ReadWritePaths")).toEqual(options.writes);
    expect(setting(service!.text, "EnvironmentFile")).toEqual(["/etc/nexushub/env"]);
    expect(setting(timer!.text, "OnCalendar")).toEqual(["*-*-* 03:00:00"]);
    expect(setting(timer!.text, "Persistent")).toEqual(["true"]);
  });

  test("comes after what it needs", () => {
    const after = (docker: boolean) =>
      setting(systemdUnits({ ...options, docker })[0]!.text, "After")[0];
    expect(after(false)).toContain("postgresql.service");
    expect(after(true)).toContain("docker.service");
  });

  test("a unit tells of a backup that was killed, when somebody is to be notified", () => {
    const failureCommand = [process.execPath, "notify", "failure"];
    const [service, , failure] = systemdUnits({ ...options, failureCommand });
    expect(setting(service!.text, "OnFailure")).toEqual(["nexushub-backup-failed.service"]);
    expect(failure!.path).toBe("/etc/systemd/system/nexushub-backup-failed.service");
    expect(setting(failure!.text, "ExecStart")).toEqual([`${process.execPath} notify failure`]);
    expect(systemdUnits(options)).toHaveLength(2);
    expect(setting(systemdUnits(options)[0]!.text, "OnFailure")).toEqual([]);
  });

  test("drills have units of their own", () => {
    const [service, timer] = systemdUnits({ ...options, task: "drill" });
    expect(service!.path).toBe("/etc/systemd/system/nexushub-drill.service");
    expect(setting(timer!.text, "OnCalendar")).toEqual(["Sun *-*-* 04:30:00"]);
    expect(setting(service!.text, "CapabilityBoundingSet").join(" ")).toContain("CAP_SETUID");
  });

  test("refuses relative paths and control characters", () => {
    expect(() => systemdUnits({ ...options, command: ["nexushub-dump", "backup"] })).toThrow(
      /absolute/,
    );
    expect(() => systemdUnits({ ...options, writes: ["backups"] })).toThrow(/absolute/);
    expect(() =>
      systemdUnits({ ...options, command: ["/bin/true", "a\nExecStartPre=/bin/rm"] }),
    ).toThrow(/control/);
    expect(() => systemdUnits({ ...options, onCalendar: "daily\nUnit=x" })).toThrow(/control/);
  });
});
