import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import type { RelationContents } from "../../../src/archive/contents.ts";
import { contentsChart } from "../../../src/drill/chart.ts";
import { renderHtml } from "../../../src/drill/render-html.ts";
import { renderJunit } from "../../../src/drill/render-junit.ts";
import { renderText } from "../../../src/drill/render-text.ts";
import type { DrillReport } from "../../../src/drill/report.ts";
import { escapeXml } from "../../../src/drill/xml.ts";

const HOSTILE = `<script>alert(1)</script>"'&]]>\u0000\ud800`;

function relation(name: string, storedBytes: number, rows = 10): RelationContents {
  return {
    kind: "table",
    namespace: "public",
    name,
    rows,
    bytes: storedBytes * 3,
    storedBytes,
    parts: 1,
    partial: false,
    masked: [],
  };
}

const report: DrillReport = {
  ok: false,
  startedAt: "2026-11-24T03:10:00.000Z",
  elapsedMs: 7200,
  archive: "/var/backups/nexushub/nexushub-20261124T030000Z.tar.gz",
  archiveBytes: 3_360_302,
  contents: {
    format: 1,
    tool: "nexushub-dump 0.1.0",
    createdAt: "2026-11-24T03:00:00.000Z",
    purpose: "backup",
    partial: false,
    selection: [],
    base: null,
    database: {
      name: "nexushub",
      encoding: "UTF8",
      collate: "C",
      ctype: "C",
      localeProvider: "libc",
      locale: null,
      icuRules: null,
      collationVersion: null,
      serverVersion: "16.14",
      serverVersionNum: 160014,
    },
    compression: "gzip:4",
    archiveBytes: 3_360_302,
    rows: 29_681,
    bytes: 11_913_069,
    storedBytes: 3_340_623,
    ratio: 3.5,
    objects: [],
    relations: [
      relation("audit_log_of_a_name_that_goes_on", 2_571_053, 20_000),
      relation("users", 20_671, 120),
      relation(HOSTILE, 300),
      relation("empty", 0, 0),
    ],
    sequences: 2,
    warnings: [],
    hasKey: true,
  },
  target: "embedded PostgreSQL 16.14",
  restoreMs: 1062,
  recoveryPoint: "2026-11-24T02:59:04.000Z",
  probes: [
    {
      id: "archive",
      title: "Archive verified",
      status: "passed",
      message: "all 26 entries are intact",
      elapsedMs: 127,
    },
    {
      id: "constraints",
      title: "Foreign keys and checks",
      status: "failed",
      message: `1 of 28 ${HOSTILE}`,
      details: ["public.a: 1 row", HOSTILE],
      hint: "repair it",
      elapsedMs: 33,
    },
    {
      id: "key",
      title: "Key fits the archive",
      status: "not-run",
      message: "no key",
      elapsedMs: 0,
    },
  ],
};

describe("renderText", () => {
  test("gives a line for each probe, what to do, and the verdict last", () => {
    const lines = renderText(report).split("\n");
    expect(lines).toContain("ok      Archive verified: all 26 entries are intact");
    expect(lines.some((line) => line.startsWith("FAILED  Foreign keys and checks: 1 of 28"))).toBe(
      true,
    );
    expect(lines).toContain("          hint: repair it");
    expect(lines).toContain("not run Key fits the archive: no key");
    expect(lines.at(-1)).toBe("THE DRILL FAILED: Foreign keys and checks, 1 not run.");
    expect(renderText({ ...report, ok: true, probes: report.probes.slice(0, 1) })).toMatch(
      /\nThe drill passed: 1 probes?\.$/,
    );
  });

  test("says what there is when the archive could not be read", () => {
    const text = renderText({
      ...report,
      archiveBytes: null,
      contents: null,
      target: null,
      restoreMs: null,
      recoveryPoint: null,
    });
    expect(text).not.toContain("Contents");
    expect(text).not.toContain("null");
  });
});

describe("renderJunit", () => {
  test("is well-formed whatever the messages hold, with a case for each probe", () => {
    const xml = renderJunit(report);
    const check = spawnSync(
      "python3",
      [
        "-c",
        "import sys, xml.dom.minidom as m; d = m.parseString(sys.stdin.buffer.read()); print([c.getAttribute('classname') + ':' + ','.join(n.tagName for n in c.childNodes) for c in d.getElementsByTagName('testcase')])",
      ],
      { input: xml, encoding: "utf8" },
    );
    // Without Python the text is looked at alone.
    if (check.error === undefined)
      expect(check.stdout.trim(), check.stderr).toBe(
        "['drill.archive:system-out', 'drill.constraints:failure', 'drill.key:skipped']",
      );
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"');
    expect(xml).not.toContain("<script>");
  });
});

describe("contentsChart", () => {
  test("draws the largest first, and the many small ones as one", () => {
    const names = (svg: string) =>
      Array.from(svg.matchAll(/class="name"[^>]*>([^<]*)</g), ([, name]) => name);
    expect(names(contentsChart([relation("small", 5), relation("large", 50)]))).toEqual([
      "large",
      "small",
    ]);
    const many = Array.from({ length: 40 }, (_, i) => relation(`t${i}`, 1000 - i));
    expect(names(contentsChart(many))).toHaveLength(15);
    expect(names(contentsChart(many)).at(-1)).toBe("26 more");
    expect(contentsChart([])).toBe("");
  });

  test("draws no bar for what holds nothing, and one that can be seen for a single byte", () => {
    const widths = (svg: string) =>
      Array.from(svg.matchAll(/class="bar"[^>]* width="([\d.]+)%"/g), ([, width]) => Number(width));
    expect(widths(contentsChart([relation("a", 1e9), relation("b", 1), relation("c", 0)]))).toEqual(
      [100, 0.5, 0],
    );
  });
});

describe("escapeXml", () => {
  test("leaves nothing that ends an attribute or opens a tag, nor what XML cannot hold", () => {
    expect(escapeXml(HOSTILE)).toBe(
      "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;]]&gt;\ufffd\ufffd",
    );
    expect(escapeXml("é🙂\n\t")).toBe("é🙂\n\t");
  });
});

describe("renderHtml", () => {
  test("needs nothing from outside, and says so to the browser", () => {
    const html = renderHtml(report);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<script|\ssrc=|\shref=|url\(|@import|https?:/i);
  });
});

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => spawnSync(path, ["--version"]).status === 0,
);
if (CHROMIUM === undefined)
  process.stderr.write(
    "SKIPPED: the drill's page is not looked at, because no Chromium is installed\n",
  );

describe.skipIf(CHROMIUM === undefined)(
  "the page in a real browser (skipped without Chromium)",
  () => {
    test("shows verdict, facts, probes and chart, runs no script, fetches nothing, and fits a telephone", async () => {
      const { chromium } = await import("playwright-core");
      const folder = mkdtempSync(join(tmpdir(), "drill-page-"));
      const path = join(folder, "drill.html");
      writeFileSync(path, renderHtml(report));
      // Chromium refuses to run as root inside its sandbox.
      const browser = await chromium.launch({
        executablePath: CHROMIUM!,
        args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
      });
      try {
        const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
        const complaints: string[] = [];
        const requests: string[] = [];
        page.on("console", (message) => complaints.push(message.text()));
        page.on("pageerror", (error) => complaints.push(error.message));
        page.on("dialog", (dialog) => complaints.push(dialog.message()));
        page.on("request", (request) => requests.push(request.url()));
        const url = pathToFileURL(path).href;
        await page.goto(url);
        expect(requests).toEqual([url]);
        expect(complaints).toEqual([]);
        expect(await page.title()).toBe("Restore drill failed, 2026-11-24");
        expect(await page.locator(".verdict").textContent()).toContain(
          "THE DRILL FAILED: Foreign keys and checks",
        );
        expect(await page.locator("li.probe").count()).toBe(3);
        expect(await page.locator("li.failed pre").textContent()).toContain(
          "<script>alert(1)</script>",
        );
        expect(await page.locator(".key-figures").textContent()).toContain("29 681");

        const bars = await page
          .locator("svg .bar")
          .evaluateAll((found) =>
            found.map(
              (bar) =>
                (
                  bar as unknown as { getBoundingClientRect(): { width: number } }
                ).getBoundingClientRect().width,
            ),
          );
        expect(bars).toHaveLength(4);
        expect(bars[0]).toBeGreaterThan(200);
        expect(bars.toSorted((a, b) => b - a)).toEqual(bars);
        // Seen, and not only there: the picture holds the colors of verdict, bar and page.
        const picture = await page.screenshot({ fullPage: true });
        expect(picture.length).toBeGreaterThan(10_000);
        const color = (selector: string, property: string) =>
          page
            .locator(selector)
            .first()
            .evaluate(
              (element, name) =>
                (
                  globalThis as unknown as { getComputedStyle(e: unknown): Record<string, string> }
                ).getComputedStyle(element)[name],
              property,
            );
        expect(await color(".verdict", "backgroundColor")).toBe("rgb(253, 238, 238)");
        expect(await color("svg .bar", "fill")).toBe("rgb(47, 111, 181)");

        await page.setViewportSize({ width: 360, height: 700 });
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(
          360,
        );
        // No bar and no figure is cut off there, and none lies over another's name.
        const edges = await page.locator("svg text").evaluateAll((found) =>
          found.map((each) => {
            const { left, right } = (
              each as unknown as { getBoundingClientRect(): { left: number; right: number } }
            ).getBoundingClientRect();
            return [left, right] as const;
          }),
        );
        expect(edges).toHaveLength(8);
        for (let i = 0; i < edges.length; i += 2)
          expect(edges[i]![1]).toBeLessThan(edges[i + 1]![0]);
        expect(Math.max(...edges.flat())).toBeLessThanOrEqual(360);
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await color("body", "backgroundColor")).toBe("rgb(13, 17, 23)");
      } finally {
        await browser.close();
        rmSync(folder, { recursive: true });
      }
    });
  },
);
