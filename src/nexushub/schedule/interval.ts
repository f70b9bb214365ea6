/** A schedule of backups at equal intervals, for systemd and for cron. Pure. */
import { UsageError } from "../../errors.ts";

/** When backups run. */
export interface Interval {
  /** systemd's OnCalendar=. */
  readonly calendar: string;
  /** The five fields of a crontab's line. */
  readonly cron: string;
  /** How much later than planned a timer may start the backup, in seconds. */
  readonly delaySeconds: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A tenth of the interval, and no more than ten minutes. */
const MAX_DELAY_SECONDS = 600;

/** @throws UsageError only for an interval that does not divide an hour or a day evenly. */
export function intervalOf(everyMs: number): Interval {
  const delaySeconds = Math.min(MAX_DELAY_SECONDS, Math.floor(everyMs / 10_000));
  if (everyMs === DAY_MS) return { calendar: "*-*-* 03:00:00", cron: "0 3 * * *", delaySeconds };
  const [minutes, hours] = [everyMs / MINUTE_MS, everyMs / HOUR_MS];
  if (minutes >= 1 && minutes < 60 && 60 % minutes === 0)
    return {
      calendar: `*-*-* *:00/${minutes}:00`,
      cron: minutes === 1 ? "* * * * *" : `*/${minutes} * * * *`,
      delaySeconds,
    };
  if (Number.isInteger(hours) && hours >= 1 && 24 % hours === 0)
    return {
      calendar: `*-*-* 00/${hours}:00:00`,
      cron: hours === 1 ? "0 * * * *" : `0 */${hours} * * *`,
      delaySeconds,
    };
  throw new UsageError("the interval must divide an hour or a day evenly", {
    hint: "10m, 15m, 1h, 6h and 1d do, 7m and 5h do not",
  });
}

/** Options of a backup that are added to those of the operator. */
export interface FrequentBackup {
  readonly isDifferential: boolean;
  /** Whether some option says which backups are kept. */
  readonly hasRetention: boolean;
}

/** What a backup needs that runs more than once a day: small files, and rules that keep more than the last hours. */
export function frequentOptions(
  everyMs: number,
  { isDifferential, hasRetention }: FrequentBackup,
): string[] {
  if (everyMs >= DAY_MS) return [];
  const newest = String(Math.ceil(DAY_MS / everyMs));
  return [
    ...(isDifferential ? [] : ["--differential"]),
    ...(hasRetention ? [] : ["--keep", newest, "--keep-hourly", "48", "--keep-daily", "14"]),
  ];
}

const DRILL_INTERVALS: Readonly<Record<number, Pick<Interval, "calendar" | "cron">>> = {
  1: { calendar: "*-*-* 04:30:00", cron: "30 4 * * *" },
  7: { calendar: "Sun *-*-* 04:30:00", cron: "30 4 * * 0" },
  30: { calendar: "*-*-01 04:30:00", cron: "30 4 1 * *" },
  90: { calendar: "*-01,04,07,10-01 04:30:00", cron: "30 4 1 */3 *" },
};

/** Drills are rarer. @throws UsageError only for an interval other than a day, a week, a month or a quarter. */
export function drillIntervalOf(everyMs: number = 7 * DAY_MS): Interval {
  const interval = DRILL_INTERVALS[everyMs / DAY_MS];
  if (interval !== undefined) return { ...interval, delaySeconds: MAX_DELAY_SECONDS };
  throw new UsageError("drills run every 1d, 7d, 30d (monthly) or 90d (quarterly)", {
    hint: "--on-calendar says anything else, with systemd",
  });
}
