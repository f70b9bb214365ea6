/** The nightly backup as a crontab line. Pure text; installing it is up to the caller. */
import { shellWord } from "../../util/shell-word.ts";
import { refuseControlCharacters, type ScheduleFile } from "./schedule-file.ts";

export const CRON_FILE = "/etc/cron.d/nexushub-backup";
const CRON_LOG = "/var/log/nexushub-backup.log";

/** Last lines of the log to mail: the reason, the hint and the verdict. */
const MAILED_LINES = 3;

/** What a crontab line needs to know. */
export interface CrontabOptions {
  /** Default: 0. */
  readonly minute?: number | undefined;
  /** Default: 3. */
  readonly hour?: number | undefined;
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
  { minute = 0, hour = 3, log = CRON_LOG }: CrontabOptions = {},
): string {
  refuseControlCharacters([...command, log]);
  const [words, file] = [command.map(shellWord).join(" "), shellWord(log)];
  const line = `${words} >>${file} 2>&1 || tail -n ${MAILED_LINES} ${file}`;
  // cron ends the command at an unescaped % and passes the rest to its standard input (crontab(5)).
  return `${minute} ${hour} * * * ${line.replaceAll("%", "\\%")}`;
}

/** Returns a file for cron.d, where a line also names the user (cron(8), "DEBIAN SPECIFIC"). */
export function crontabFile(command: readonly string[]): ScheduleFile {
  const line = crontabLine(command).replace(/^((?:\S+ ){5})/, "$1root ");
  return { path: CRON_FILE, text: `# Made by nexushub-dump schedule cron.\n${line}\n` };
}
