import { describe, expect, test } from "vitest";
import { renderHtml } from "../../src/drill/render-html.ts";
import { boxes, CHROMIUM, scrollWidth, withPage } from "../support/browser.ts";
import { failedDrill } from "../support/drill-report.ts";

if (CHROMIUM === undefined)
  process.stderr.write(
    "SKIPPED: the drill's page is not looked at, because no Chromium is installed\n",
  );

describe.skipIf(CHROMIUM === undefined)(
  "the page in a real browser (skipped without Chromium)",
  () => {
    test("shows verdict, facts, probes and chart, runs no script, fetches nothing, and fits a telephone", async () => {
      await withPage(renderHtml(failedDrill), async ({ page, style }) => {
        expect(await page.title()).toBe("Restore drill failed, 2026-11-24");
        expect(await page.locator(".verdict").textContent()).toContain(
          "THE DRILL FAILED: Foreign keys and checks",
        );
        expect(await page.locator("li.probe").count()).toBe(3);
        expect(await page.locator("li.failed pre").textContent()).toContain(
          "<script>alert(1)</script>",
        );
        expect(await page.locator(".key-figures").textContent()).toContain("29 681");

        const bars = (await boxes(page, "svg .bar")).map(({ width }) => width);
        expect(bars).toHaveLength(4);
        expect(bars[0]).toBeGreaterThan(200);
        expect(bars.toSorted((a, b) => b - a)).toEqual(bars);
        // Seen, and not only there: the picture holds the colors of verdict, bar and page.
        const picture = await page.screenshot({ fullPage: true });
        expect(picture.length).toBeGreaterThan(10_000);
        expect(await style(".verdict", "backgroundColor")).toBe("rgb(253, 238, 238)");
        expect(await style("svg .bar", "fill")).toBe("rgb(47, 111, 181)");

        await page.setViewportSize({ width: 360, height: 700 });
        expect(await scrollWidth(page)).toBeLessThanOrEqual(360);
        // No bar and no figure is cut off there, and none lies over another's name.
        const texts = await boxes(page, "svg text");
        expect(texts).toHaveLength(8);
        for (let i = 0; i < texts.length; i += 2)
          expect(texts[i]!.right).toBeLessThan(texts[i + 1]!.left);
        expect(Math.max(...texts.map(({ right }) => right))).toBeLessThanOrEqual(360);
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await style("body", "backgroundColor")).toBe("rgb(13, 17, 23)");
      });
    });
  },
);
