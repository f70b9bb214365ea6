/**
 * What the pages have in common: the frame, one self-contained HTML file without script, which a content security policy
 * enforces, and the style. Pure.
 */
import { escapeXml } from "./xml.ts";

/** The texts of a page, which are escaped here, and its style and body, which are not. */
export interface HtmlPage {
  readonly title: string;
  readonly heading: string;
  readonly style: string;
  /** HTML below the heading. */
  readonly body: string;
  readonly footer: string;
}

export function htmlPage({ title, heading, style, body, footer }: HtmlPage): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeXml(heading)}</h1>
${body}
</main>
<footer>${escapeXml(footer)}</footer>
</body>
</html>
`;
}

/** The entries of a `dl`; those without a value are left out. */
export function definitions(entries: readonly (readonly [string, string | null])[]): string {
  return entries
    .flatMap(([name, value]) =>
      value === null ? [] : `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(value)}</dd></div>`,
    )
    .join("\n");
}

/** Light and dark, on paper, and on a phone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --page: #fff; --card: #f6f8fa;
  --good: #1a7f37; --good-card: #eaf6ed; --bad: #c21c2b; --bad-card: #fdeeee; --idle: #6e7781; --bar: #2f6fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --page: #0d1117;
  --card: #151b23; --good: #3fb950; --good-card: #12261a; --bad: #f85149; --bad-card: #2d1618; --idle: #9198a1;
  --bar: #58a6ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 58rem; padding: 2rem 1.25rem 3rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.1rem; }
.verdict { margin: 1rem 0; padding: .875rem 1.125rem; border-radius: .5rem; background: var(--good-card);
  color: var(--good); font-size: 1.125rem; font-weight: 700; }
.verdict.failed { background: var(--bad-card); color: var(--bad); }
dl { margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; }
.key-figures > div { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; }
.key-figures dt { font-size: .85rem; }
.key-figures dd { font-size: 1.375rem; font-weight: 700; line-height: 1.3; }
.facts { margin-top: 1rem; }
.facts > div { display: grid; grid-template-columns: 9rem 1fr; gap: .75rem; padding: .2rem 0; }
ol { margin: 0; padding: 0; list-style: none; border: 1px solid var(--line); border-radius: .5rem; }
li.probe { display: grid; grid-template-columns: 5rem 1fr 3.5rem; gap: .25rem .75rem; padding: .75rem 1rem; }
li.probe + li.probe { border-top: 1px solid var(--line); }
.status { font-weight: 700; }
.passed .status { color: var(--good); } .failed .status { color: var(--bad); } .not-run .status { color: var(--idle); }
.probe h3 { margin: 0; font-size: 1rem; }
.probe p, .probe pre { margin: .25rem 0 0; overflow-wrap: anywhere; }
.probe pre { padding: .5rem .75rem; background: var(--card); border-radius: .375rem; white-space: pre-wrap;
  font: .85rem/1.45 ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.hint { color: var(--soft); }
.took { color: var(--soft); font-size: .85rem; white-space: nowrap; text-align: right; }
.chart { display: block; font: 13px system-ui, sans-serif; }
.chart .track { fill: var(--card); } .chart .bar { fill: var(--bar); } .chart .rest { opacity: .5; }
.chart text { fill: var(--ink); } .chart .figures { fill: var(--soft); font-variant-numeric: tabular-nums; }
footer { margin-top: 2.5rem; color: var(--soft); font-size: .85rem; }
@media (max-width: 34rem) { li.probe { grid-template-columns: 1fr auto; } .probe > div { grid-column: 1 / -1; grid-row: 2; }
  .chart { font-size: 11px; } .facts > div { grid-template-columns: 1fr; gap: 0; padding: .35rem 0; } }
@media print { body { max-width: none; padding: 0; } li.probe { break-inside: avoid; } }
`;
