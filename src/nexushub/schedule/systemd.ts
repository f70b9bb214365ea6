/** The nightly backup, or drills, as systemd units. Pure text; installing them is up to the caller. */
import { UsageError } from "../../errors.ts";
import { drillIntervalOf } from "./interval.ts";
import { refuseControlCharacters, type ScheduledTask, type ScheduleFile } from "./schedule-file.ts";

/** What the units need to know. */
export interface ScheduleOptions {
  /** Default: "backup". */
  readonly task?: ScheduledTask | undefined;
  /** The command word by word: the absolute path of the program, then `backup` and its options. */
  readonly command: readonly string[];
  /** Folders that the command writes to: that of the backups, and that of the metrics file. */
  readonly writes: readonly string[];
  /** systemd's OnCalendar=. Default: 03:00 every night; of a drill 04:30 on Sundays. */
  readonly onCalendar?: string | undefined;
  /** How much later than planned the timer may start the backup, in seconds. Default: 600. */
  readonly delaySeconds?: number | undefined;
  /** A file that systemd reads before it starts the command, so that the command needs no access to it. Default: none. */
  readonly envFile?: string | undefined;
  /** The command of a unit that systemd starts when the backup fails or is killed. Default: none. */
  readonly failureCommand?: readonly string[] | undefined;
  /** The backup uses Docker: the unit starts after it and may use its socket. Default: false. */
  readonly docker?: boolean | undefined;
}

export const UNIT_FOLDER = "/etc/systemd/system";
const DEFAULT_CALENDAR = { backup: "*-*-* 03:00:00", drill: drillIntervalOf().calendar };

/** Name of a task's units, without the kind of unit. */
export function unitName(task: ScheduledTask): string {
  return `nexushub-${task}`;
}

/** Paths of all units that a task may have. */
export function unitPaths(task: ScheduledTask): string[] {
  return [".service", ".timer", "-failed.service"].map(
    (suffix) => `${UNIT_FOLDER}/${unitName(task)}${suffix}`,
  );
}

/**
 * Returns a service and its timer, named as in NexusHub's documentation.
 * @throws UsageError only when a word holds a control character or a path is not absolute.
 */
export function systemdUnits(options: ScheduleOptions): ScheduleFile[] {
  const { task = "backup", command, writes, envFile, delaySeconds = 600 } = options;
  const { onCalendar = DEFAULT_CALENDAR[task] } = options;
  for (const path of [command[0] ?? "", ...writes, ...(envFile === undefined ? [] : [envFile])]) {
    if (!path.startsWith("/"))
      throw new UsageError(`not an absolute path: ${JSON.stringify(path)}`);
  }
  const { failureCommand } = options;
  refuseControlCharacters([
    ...command,
    ...writes,
    ...(failureCommand ?? []),
    envFile ?? "",
    onCalendar,
  ]);
  const [service, timer, failure] = unitPaths(task) as [string, string, string];
  return [
    { path: service, text: serviceText(task, options) },
    { path: timer, text: timerText(task, onCalendar, delaySeconds) },
    ...(failureCommand === undefined
      ? []
      : [{ path: failure, text: failureText(task, failureCommand, writes) }]),
  ];
}

/** The program tells of its own failures; systemd knows when it was killed before it could. */
function failureText(
  task: ScheduledTask,
  command: readonly string[],
  writes: readonly string[],
): string {
  return `# Made by nexushub-dump schedule systemd.
[Unit]
Description=Tell that the NexusHub ${task} failed

[Service]
Type=oneshot
ExecStart=${command.map(execWord).join(" ")}
TimeoutStartSec=5min
ProtectSystem=strict
${writes.map((path) => `ReadWritePaths=${unitPath(path)}\n`).join("")}${HARDENING}`;
}

function serviceText(task: ScheduledTask, options: ScheduleOptions): string {
  const { command, writes, envFile, docker = false, failureCommand } = options;
  const after = docker ? "docker.service" : "postgresql.service";
  const environment = envFile === undefined ? "" : `EnvironmentFile=${unitPath(envFile)}\n`;
  return `# Made by nexushub-dump schedule systemd.
[Unit]
Description=NexusHub ${task}
Wants=network-online.target
After=network-online.target ${after}
${failureCommand === undefined ? "" : `OnFailure=${unitName(task)}-failed.service\n`}
[Service]
Type=oneshot
ExecStart=${command.map(execWord).join(" ")}
${environment}${PRIORITY_AND_LIMITS}
# It reads the database and writes to these folders, and nothing else.
ProtectSystem=strict
${writes.map((path) => `ReadWritePaths=${unitPath(path)}\n`).join("")}${HARDENING}${task === "drill" ? DRILL_CAPABILITIES : ""}`;
}

const PRIORITY_AND_LIMITS = `# Yield to the services that the backup protects.
Nice=10
IOSchedulingClass=best-effort
IOSchedulingPriority=7
# The first signal cancels the dump and removes its file, which takes seconds.
KillSignal=SIGTERM
TimeoutStopSec=60
TimeoutStartSec=6h
UMask=0077
`;

const HARDENING = `ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
# Lets root pass file modes, for a folder or socket that another user owns.
CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_CHOWN
`;

/** PostgreSQL refuses to run as root: the embedded server runs as another user, who owns its files. */
const DRILL_CAPABILITIES = "CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_KILL\n";

function timerText(task: ScheduledTask, onCalendar: string, delaySeconds: number): string {
  return `# Made by nexushub-dump schedule systemd.
[Unit]
Description=Run the NexusHub ${task}

[Timer]
OnCalendar=${onCalendar}
# Many hosts may share one storage: do not start all backups in the same second.
RandomizedDelaySec=${delaySeconds}
# After a boot, catch up on a run that was missed while the host was off.
Persistent=true

[Install]
WantedBy=timers.target
`;
}

/** Quotes a word of ExecStart=, and doubles $ and % (systemd.service(5), "Command lines"). */
function execWord(word: string): string {
  const text = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(text)) return text;
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}

/** Quotes a path in a unit's setting: % starts a specifier, and blanks separate paths. */
function unitPath(path: string): string {
  const text = path.replaceAll("%", "%%");
  return /[\s"'\\]/.test(text) ? `"${text.replaceAll(/[\\"]/g, "\\$&")}"` : text;
}
