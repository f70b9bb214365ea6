/** The nightly backup as a crontab line. Pure text; installing it is up to the caller. */
import { shellWord } from "../../util/shell-word.ts";
import { refuseControlCharacters, type ScheduledTask, type ScheduleFile } from "./schedule-file.ts";

const CRON_LOG = "/var/log/nexushub-backup.log";
export const LOGROTATE_FILE = "/etc/logrotate.d/nexushub-backup";

/** The file of a task. */
export function cronPath(task: ScheduledTask): string {
  return `/etc/cron.d/nexushub-${task}`;
}

/** Returns the file that keeps the log of both tasks short (logrotate(8)). */
export function logrotateFile(): ScheduleFile {
  const text = `# Made by nexushub-dump schedule cron.
${CRON_LOG} {
    monthly
    rotate 12
    compress
    missingok
    notifempty
}
`;
  return { path: LOGROTATE_FILE, text };
}

/** Last lines of the log to mail: the reason, the hint and the verdict. */
const MAILED_LINES = 3;

/** What a crontab line needs to know. */
export interface CrontabOptions {
  /** Default: 0. */
  readonly minute?: number | undefined;
  /** Default: 3. */
  readonly hour?: number | undefined;
  /** The five fields that say when, instead of `minute` and `hour`. Default: these. */
  readonly when?: string | undefined;
  /** Default: /var/log/nexushub-backup.log. */
  readonly log?: string | undefined;
}

/**
 * Returns a line for root's crontab that appends to a log file. cron mails the output of a job: nothing after a success,
 * the end of the log after a failure.
 * @throws UsageError only when a word holds a control character.
 */
export function crontabLine(
  command: readonly string[],
  { minute = 0, hour = 3, when = `${minute} ${hour} * * *`, log = CRON_LOG }: CrontabOptions = {},
): string {
  refuseControlCharacters([...command, when, log]);
  const [words, file] = [command.map(shellWord).join(" "), shellWord(log)];
  const line = `${words} >>${file} 2>&1 || tail -n ${MAILED_LINES} ${file}`;
  // cron ends the command at an unescaped % and passes the rest to its standard input (crontab(5)).
  return `${when} ${line.replaceAll("%", "\\%")}`;
}

/** Returns a file for cron.d, where a line also names the user (cron(8), "DEBIAN SPECIFIC"). */
export function crontabFile(
  command: readonly string[],
  options: CrontabOptions = {},
  task: ScheduledTask = "backup",
): ScheduleFile {
  const line = crontabLine(command, options).replace(/^((?:\S+ ){5})/, "$1root ");
  return { path: cronPath(task), text: `# Made by nexushub-dump schedule cron.\n${line}\n` };
}
