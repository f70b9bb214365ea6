/**
 * The nightly backup as systemd units and as a crontab line. Pure text; installing it is the caller's act.
 */
import { UsageError } from "../../errors.ts";

export interface ScheduleOptions {
  /** The command as it is to be started, word by word: the program's absolute path first, then `backup` and its options. */
  readonly command: readonly string[];
  /** Folders that the backup writes into: its own, and that of the metrics file. */
  readonly writes: readonly string[];
  /** systemd's OnCalendar=. Default: 03:00 each night. */
  readonly onCalendar?: string | undefined;
  /** Read by systemd before the command starts, so that the command needs no right to it; where absent, none. */
  readonly envFile?: string | undefined;
  /** Whether the backup talks to Docker: then the unit comes after it, and may use its socket. */
  readonly docker?: boolean | undefined;
}

export interface ScheduleFile {
  readonly path: string;
  readonly text: string;
}

export const UNIT_FOLDER = "/etc/systemd/system";
export const UNIT_NAME = "nexushub-backup";
const DEFAULT_CALENDAR = "*-*-* 03:00:00";
const CRON_LOG = "/var/log/nexushub-backup.log";

/**
 * A service and its timer, named as those that NexusHub's documentation has operators write.
 * @throws UsageError only when a word or path cannot stand in a unit: a control character, or a path that is not absolute.
 */
export function systemdUnits(options: ScheduleOptions): ScheduleFile[] {
  const { command, writes, onCalendar = DEFAULT_CALENDAR, envFile, docker = false } = options;
  for (const path of [command[0] ?? "", ...writes, ...(envFile === undefined ? [] : [envFile])]) {
    if (!path.startsWith("/"))
      throw new UsageError(`not an absolute path: ${JSON.stringify(path)}`);
  }
  refuseControls([...command, ...writes, envFile ?? "", onCalendar]);
  const after = docker ? "docker.service" : "postgresql.service";
  const service = [
    "# Made by nexushub-dump schedule systemd.",
    "[Unit]",
    "Description=NexusHub backup",
    `Wants=network-online.target`,
    `After=network-online.target ${after}`,
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${command.map(execWord).join(" ")}`,
    ...(envFile === undefined ? [] : [`EnvironmentFile=${unitPath(envFile)}`]),
    "# A backup yields to the services that it protects.",
    "Nice=10",
    "IOSchedulingClass=best-effort",
    "IOSchedulingPriority=7",
    "# The first signal cancels the dump and removes its file; nothing needs longer.",
    "KillSignal=SIGTERM",
    "TimeoutStopSec=60",
    "TimeoutStartSec=6h",
    "UMask=0077",
    "",
    "# It reads the database and writes into these folders; nothing else.",
    "ProtectSystem=strict",
    ...writes.map((path) => `ReadWritePaths=${unitPath(path)}`),
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "ProtectClock=yes",
    "ProtectControlGroups=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectProc=invisible",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RemoveIPC=yes",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallErrorNumber=EPERM",
    "# Root's way past file modes, for a folder or socket that another user owns.",
    "CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_CHOWN",
    "",
  ];
  const timer = [
    "# Made by nexushub-dump schedule systemd.",
    "[Unit]",
    "Description=Run the NexusHub backup",
    "",
    "[Timer]",
    `OnCalendar=${onCalendar}`,
    "# Many hosts, one storage: not all at the same second.",
    "RandomizedDelaySec=10min",
    "# A host that was off at the time makes up for it when it starts.",
    "Persistent=true",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ];
  return [
    { path: `${UNIT_FOLDER}/${UNIT_NAME}.service`, text: service.join("\n") },
    { path: `${UNIT_FOLDER}/${UNIT_NAME}.timer`, text: timer.join("\n") },
  ];
}

/** Enough of the log for reason, hint and verdict. */
const MAILED_LINES = 3;

/**
 * A line for root's crontab, with a log file. cron mails what is printed: nothing after a success, the log's end after a
 * failure.
 * @throws UsageError only when a word holds a control character, which a crontab line cannot.
 */
export function crontabLine(
  command: readonly string[],
  { minute = 0, hour = 3, log = CRON_LOG }: { minute?: number; hour?: number; log?: string } = {},
): string {
  refuseControls([...command, log]);
  // cron ends the command at an unescaped % and feeds the rest to it (crontab(5)).
  const [words, file] = [command.map(shellWord).join(" "), shellWord(log)];
  const line = `${words} >>${file} 2>&1 || tail -n ${MAILED_LINES} ${file}`;
  return `${minute} ${hour} * * * ${line.replaceAll("%", "\\%")}`;
}

export const CRON_FILE = "/etc/cron.d/nexushub-backup";

/** The same as a file of its own for cron.d, where a line names the user too (cron(8), "DEBIAN SPECIFIC"). */
export function crontabFile(command: readonly string[]): ScheduleFile {
  const line = crontabLine(command).replace(/^((?:\S+ ){5})/, "$1root ");
  return { path: CRON_FILE, text: `# Made by nexushub-dump schedule cron.\n${line}\n` };
}

function refuseControls(words: readonly string[]): void {
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  const bad = words.find((word) => /[\u0000-\u001f\u007f]/.test(word));
  if (bad !== undefined)
    throw new UsageError(`a control character cannot stand here: ${JSON.stringify(bad)}`);
}

/** A word of ExecStart=: quoted, with $ and % doubled (systemd.service(5), "Command lines"). */
function execWord(word: string): string {
  const text = word.replaceAll("%", "%%").replaceAll("$", "$$$$");
  if (/^[\w@%+=:,./$-]+$/.test(text)) return text;
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}

/** A path as a unit's setting: % begins a specifier, blanks separate. */
function unitPath(path: string): string {
  const text = path.replaceAll("%", "%%");
  return /[\s"'\\]/.test(text) ? `"${text.replaceAll(/[\\"]/g, "\\$&")}"` : text;
}

/** A word for sh. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
