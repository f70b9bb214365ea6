/** The nightly backup as systemd units. Pure text; installing them is up to the caller. */
import { UsageError } from "../../errors.ts";
import { refuseControlCharacters, type ScheduleFile } from "./schedule-file.ts";

/** What the units need to know. */
export interface ScheduleOptions {
  /** The command word by word: the absolute path of the program, then `backup` and its options. */
  readonly command: readonly string[];
  /** Folders that the backup writes to: its own, and that of the metrics file. */
  readonly writes: readonly string[];
  /** systemd's OnCalendar=. Default: 03:00 every night. */
  readonly onCalendar?: string | undefined;
  /** How much later than planned the timer may start the backup, in seconds. Default: 600. */
  readonly delaySeconds?: number | undefined;
  /** A file that systemd reads before it starts the command, so that the command needs no access to it. Default: none. */
  readonly envFile?: string | undefined;
  /** The backup uses Docker: the unit starts after it and may use its socket. Default: false. */
  readonly docker?: boolean | undefined;
}

export const UNIT_FOLDER = "/etc/systemd/system";
export const UNIT_NAME = "nexushub-backup";
const DEFAULT_CALENDAR = "*-*-* 03:00:00";

/**
 * Returns a service and its timer, named as in NexusHub's documentation.
 * @throws UsageError only when a word holds a control character or a path is not absolute.
 */
export function systemdUnits(options: ScheduleOptions): ScheduleFile[] {
  const { command, writes, onCalendar = DEFAULT_CALENDAR, delaySeconds = 600, envFile } = options;
  for (const path of [command[0] ?? "", ...writes, ...(envFile === undefined ? [] : [envFile])]) {
    if (!path.startsWith("/"))
      throw new UsageError(`not an absolute path: ${JSON.stringify(path)}`);
  }
  refuseControlCharacters([...command, ...writes, envFile ?? "", onCalendar]);
  return [
    { path: `${UNIT_FOLDER}/${UNIT_NAME}.service`, text: serviceText(options) },
    { path: `${UNIT_FOLDER}/${UNIT_NAME}.timer`, text: timerText(onCalendar, delaySeconds) },
  ];
}

function serviceText({ command, writes, envFile, docker = false }: ScheduleOptions): string {
  const after = docker ? "docker.service" : "postgresql.service";
  const environment = envFile === undefined ? "" : `EnvironmentFile=${unitPath(envFile)}\n`;
  return `# Made by nexushub-dump schedule systemd.
[Unit]
Description=NexusHub backup
Wants=network-online.target
After=network-online.target ${after}

[Service]
Type=oneshot
ExecStart=${command.map(execWord).join(" ")}
${environment}${PRIORITY_AND_LIMITS}
# It reads the database and writes to these folders, and nothing else.
ProtectSystem=strict
${writes.map((path) => `ReadWritePaths=${unitPath(path)}\n`).join("")}${HARDENING}`;
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

function timerText(onCalendar: string, delaySeconds: number): string {
  return `# Made by nexushub-dump schedule systemd.
[Unit]
Description=Run the NexusHub backup

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
