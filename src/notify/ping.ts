/** Pings as healthchecks.io and its kin take them: the URL for a success, `/start` and `/fail` after it. Pure. */
import type { Post } from "./http.ts";
import type { RunOutcome, RunReport } from "./report.ts";

const SUFFIXES: Readonly<Record<RunOutcome, string>> = {
  start: "/start",
  success: "",
  failure: "/fail",
};

/** What services keep of a body at least. */
const MOST_CHARACTERS = 10_000;

/** @param url of a success; a query stays at its end. */
export function pingOf(url: string, report: RunReport): Post {
  const target = new URL(url);
  target.pathname = `${target.pathname.replace(/\/+$/, "")}${SUFFIXES[report.outcome]}`;
  return {
    url: target.href,
    contentType: "text/plain; charset=utf-8",
    body: pingText(report).slice(0, MOST_CHARACTERS),
  };
}

/** The last line first, which is what lists of pings show. */
function pingText({ message, error, warnings, host, task }: RunReport): string {
  const lines = [message];
  if (error?.hint) lines.push(`hint: ${error.hint}`);
  lines.push(...warnings.map((each) => `warning: ${each}`), `${task} on ${host}`);
  return lines.join("\n");
}
