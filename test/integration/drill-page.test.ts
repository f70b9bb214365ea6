import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { renderHtml } from "../../src/drill/render-html.ts";
import { failedDrill } from "../support/drill-report.ts";

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
      writeFileSync(path, renderHtml(failedDrill));
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
