/** Charts of the page of a folder, as SVG: no script, nothing to load. Pure. */
import { escapeXml } from "../../drill/xml.ts";
import { formatBytes, formatDuration, minute, plural } from "../../util/format.ts";
import type { DrillRecord } from "../backup-folder/drill-history.ts";
import type { ListedBackup } from "../list/list.ts";

const HEIGHT = 90;
const MARK_Y = 104;

/** Backups as bars over time, as high as the file is large, and drills as dots below. Empty text without backups. */
export function timelineChart(
  backups: readonly ListedBackup[],
  drills: readonly DrillRecord[],
): string {
  if (backups.length === 0) return "";
  const times = [...backups, ...drills].map(({ at }) => Date.parse(at));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const x = (at: string): string =>
    (from === to ? 50 : 1 + ((Date.parse(at) - from) / (to - from)) * 98).toFixed(2);
  const most = Math.max(1, ...backups.map(({ archiveBytes }) => archiveBytes));
  const bars = backups.map((backup) => {
    const height = Math.max(2, (backup.archiveBytes / most) * HEIGHT);
    const state = backup.damagedAt !== null ? "bad" : backup.verifiedAt === null ? "idle" : "bar";
    const words = state === "bad" ? ", damaged" : state === "idle" ? ", not verified" : "";
    const title = `${minute(backup.at)}: ${formatBytes(backup.archiveBytes)}${words}`;
    return `<rect class="${state}" x="${x(backup.at)}%" y="${(HEIGHT - height).toFixed(1)}" width="3" height="${height.toFixed(1)}"><title>${escapeXml(title)}</title></rect>`;
  });
  const dots = drills.map(({ at, ok }) => {
    const title = `Drill ${minute(at)}: ${ok ? "passed" : "failed"}`;
    return `<rect class="dot ${ok ? "good" : "bad"}" x="${x(at)}%" y="${MARK_Y - 4}" width="8" height="8" rx="4"><title>${escapeXml(title)}</title></rect>`;
  });
  const label = `${plural(backups.length, "backup")} and ${plural(drills.length, "drill")} over time`;
  return `<svg class="timeline" width="100%" height="130" role="img" aria-label="${escapeXml(label)}">
${bars.join("\n")}
${dots.join("\n")}
<text x="0" y="126">${minute(new Date(from).toISOString()).slice(0, 10)}</text>
<text x="100%" y="126" text-anchor="end">${minute(new Date(to).toISOString()).slice(0, 10)}</text>
</svg>`;
}

/** A line through values, oldest first, from 0 to the largest. Empty text for fewer than two. */
export function sparkline(values: readonly number[], label: string): string {
  if (values.length < 2) return "";
  const most = Math.max(1, ...values);
  const points = values.map(
    (value, index) =>
      `${((index / (values.length - 1)) * 100).toFixed(2)},${(19 - (Math.max(0, value) / most) * 18).toFixed(2)}`,
  );
  return `<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label="${escapeXml(label)}"><polyline points="${points.join(" ")}" vector-effect="non-scaling-stroke"/></svg>`;
}

/** Tables whose growth is shown. */
const MOST_TABLES = 8;

/** For each of the largest tables its size in the newest backup, and a line of its sizes. Empty text when nothing is known. */
export function growthRows(newestFirst: readonly ListedBackup[]): string {
  const known = newestFirst.filter(({ tables }) => tables.length > 0);
  const [newest] = known;
  if (newest === undefined) return "";
  const oldestFirst = known.toReversed().filter(({ database }) => database === newest.database);
  return newest.tables
    .slice(0, MOST_TABLES)
    .map(({ name, rows, bytes }) => {
      const sizes = oldestFirst.flatMap(
        ({ tables }) => tables.find((table) => table.name === name)?.bytes ?? [],
      );
      const change = bytes - (sizes[0] ?? bytes);
      const text = change === 0 ? "" : `${change < 0 ? "−" : "+"}${formatBytes(Math.abs(change))}`;
      return `<tr><th scope="row">${escapeXml(name)}</th><td>${rows}</td><td>${formatBytes(bytes)}</td><td>${text}</td><td>${sparkline(sizes, `sizes of ${name}`)}</td></tr>`;
    })
    .join("\n");
}

/** Recovery time and recovery point of drills over time. Empty text without drills that restored. */
export function recoveryCharts(drills: readonly DrillRecord[]): string {
  const times = drills.flatMap(({ restoreMs }) => restoreMs ?? []);
  const gaps = drills.flatMap(({ at, recoveryPoint }) =>
    recoveryPoint === null ? [] : Math.max(0, Date.parse(at) - Date.parse(recoveryPoint)),
  );
  const last = (values: readonly number[]): string =>
    values.length === 0 ? "not known" : formatDuration(values.at(-1)!);
  if (times.length === 0) return "";
  return `<div class="pair">
<div><h3>Recovery time: ${last(times)}</h3>${sparkline(times, "recovery time over time")}</div>
<div><h3>Age of the newest entry: ${last(gaps)}</h3>${sparkline(gaps, "age of the recovery point over time")}</div>
</div>`;
}
