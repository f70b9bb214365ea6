/** Shows progress events: on a terminal a bar with rate and time left, elsewhere a plain line now and then. */
import type { DiskEvent, OnProgress, Phase, SwapEvent, TransferEvent } from "../events.ts";
import type { Console } from "./console.ts";
import { formatBytes, formatDuration, plural } from "../util/format.ts";

const PHASES: Readonly<Record<Phase, string>> = {
  connect: "connecting",
  catalog: "reading the catalogs",
  lock: "locking tables",
  "create-database": "creating a database beside the target",
  drop: "dropping the old contents",
  roles: "creating roles",
  "pre-data": "creating schemas, types and tables",
  data: "copying rows",
  "post-data": "creating indexes and constraints",
  analyze: "running ANALYZE",
  check: "checking rows and checksums",
  commit: "committing",
  finish: "finishing",
};

/** The time between two plain lines about data. */
const LINE_EVERY_MS = 10_000;

/** A listener that shows the events of one operation on the console. */
export function showProgress(
  console: Console,
  now: () => number = () => performance.now(),
): OnProgress {
  const started = now();
  let dataStarted = started;
  let lastLine = started;
  return (event) => {
    switch (event.type) {
      case "phase":
        if (event.phase === "data") dataStarted = lastLine = now();
        if (console.isLive) console.draw(PHASES[event.phase]);
        else console.say("info", PHASES[event.phase], { phase: event.phase });
        break;
      case "data": {
        const seconds = (now() - dataStarted) / 1000;
        const text = dataLine(event, seconds);
        if (console.isLive) console.draw(text);
        else if (now() - lastLine >= LINE_EVERY_MS) {
          lastLine = now();
          console.say("info", text, { bytes: event.bytes, rows: event.rows });
        }
        break;
      }
      case "statement":
        if (console.isLive)
          console.draw(`${event.index}/${event.total} ${event.kind} ${event.name}`);
        break;
      case "transfer":
        if (console.isLive) console.draw(transferLine(event));
        else if (now() - lastLine >= LINE_EVERY_MS) {
          lastLine = now();
          console.say("info", transferLine(event), { bytes: event.bytes });
        }
        break;
      case "swap":
        console.say("info", swapLine(event));
        break;
      case "disk":
        console.say("info", diskLine(event));
        break;
      case "warning":
        console.say("warning", event.message);
        break;
      case "relation":
        break;
    }
  };
}

function transferLine({ archive, bytes, totalBytes }: TransferEvent): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  return `${percent} %  ${formatBytes(bytes)} of ${formatBytes(totalBytes)}  ${archive}`;
}

function swapLine({ database, sessions }: SwapEvent): string {
  const ended = sessions === 0 ? "nobody is connected" : `ends ${plural(sessions, "session")}`;
  return `exchanging the database ${database} for the new one: ${ended}`;
}

function diskLine({ likelyBytes, freeBytes }: DiskEvent): string {
  const free =
    freeBytes === null
      ? "how much the server's disk has free is not known from here"
      : `the server's disk has ${formatBytes(freeBytes)} free`;
  return `the new database takes about ${formatBytes(likelyBytes)} and its indexes; ${free}`;
}

/** `[#####.....] 48 %  260.1 MiB of 544.0 MiB  131.2 MiB/s  2.2 s left  public.audit_log`. */
export function dataLine(
  event: {
    readonly bytes: number;
    readonly totalBytes: number;
    readonly rows: number;
    readonly relation: string;
  },
  seconds: number,
): string {
  const rate = seconds > 0 ? event.bytes / seconds : 0;
  const parts = [
    formatBytes(event.bytes),
    plural(event.rows, "row"),
    `${formatBytes(rate)}/s`,
    event.relation,
  ];
  // A dump knows only an estimate, which can be exceeded.
  if (event.totalBytes > 0) {
    const share = Math.min(event.bytes / event.totalBytes, 1);
    const done = Math.round(share * 20);
    parts.unshift(`[${"#".repeat(done)}${".".repeat(20 - done)}] ${Math.floor(share * 100)} %`);
    const left = rate > 0 ? Math.max(event.totalBytes - event.bytes, 0) / rate : 0;
    if (left > 0) parts.splice(4, 0, `${formatDuration(left * 1000)} left`);
  }
  return parts.join("  ");
}
