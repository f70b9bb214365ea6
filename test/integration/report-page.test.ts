import { describe, expect, test } from "vitest";
import { renderPage } from "../../src/nexushub/report/render-page.ts";
import { boxes, CHROMIUM, scrollWidth, withPage } from "../support/browser.ts";
import { drills, listedBackup, pageFacts } from "../support/page-facts.ts";

if (CHROMIUM === undefined)
  process.stderr.write(
    "SKIPPED: the page of a folder is not looked at, because no Chromium is installed\n",
  );

describe.skipIf(CHROMIUM === undefined)(
  "the page of a folder in a real browser (skipped without Chromium)",
  () => {
    test("shows 400 backups in order, and fits a telephone", async () => {
      const drill = { ...drills[1]!, ok: false };
      const backups = Array.from({ length: 400 }, (_, i) =>
        listedBackup(i, i === 3 ? { drill } : {}),
      );
      await withPage(renderPage(pageFacts(backups)), async ({ page, style }) => {
        expect(await page.locator(".verdict").textContent()).toBe("No problem is known.");
        const bars = await boxes(page, ".timeline rect.bar");
        expect(bars).toHaveLength(400);
        // Each night has a place of its own in the picture, and none lies outside.
        expect(new Set(bars.map(({ left }) => left)).size).toBe(400);
        expect(Math.min(...bars.map(({ width }) => width))).toBeGreaterThan(0);
        expect(Math.max(...bars.map(({ right }) => right))).toBeLessThanOrEqual(1000);
        // Nothing is cut off on a usual window, and a failed drill stands out.
        const cut = page.locator(".scroll", { has: page.locator("td.why") }).first();
        expect(await cut.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
        expect(await style("td.bad", "color")).toBe("rgb(194, 28, 43)");
        // The newest are listed, the others come when they are asked for.
        const oldest = page.locator("details tr").last();
        expect(await oldest.isVisible()).toBe(false);
        await page.getByText("360 more").click();
        expect(await oldest.isVisible()).toBe(true);
        expect((await page.screenshot()).length).toBeGreaterThan(10_000);

        await page.setViewportSize({ width: 360, height: 700 });
        // Tables scroll by themselves, the page does not.
        expect(await scrollWidth(page)).toBeLessThanOrEqual(360);
        // Dates stay whole: the date, and the time below it.
        const figures = await boxes(page, ".key-figures dd");
        const lines = figures.map(({ height }) => Math.round(height / 23));
        expect(Math.max(...lines)).toBe(2);
        const light = await style("body", "backgroundColor");
        await page.emulateMedia({ colorScheme: "dark" });
        expect(await style("body", "backgroundColor")).toBe("rgb(13, 17, 23)");
        expect(light).not.toBe("rgb(13, 17, 23)");
      });
    });

    test("shows what is wrong first, and no empty pictures, for a folder without backups", async () => {
      const wrong = {
        title: "Newest backup",
        status: "failed",
        message: "there is no backup",
        hint: "make one",
      } as const;
      const html = renderPage(pageFacts([], { drills: [], findings: [wrong], archiveBytes: 0 }));
      await withPage(html, async ({ page, style }) => {
        expect(await page.locator(".verdict").textContent()).toBe("1 problem: Newest backup.");
        expect(await page.locator(".findings li").first().isVisible()).toBe(true);
        expect(await style(".verdict", "backgroundColor")).toBe("rgb(253, 238, 238)");
        expect(await page.locator("svg, table").count()).toBe(0);
        await page.setViewportSize({ width: 360, height: 700 });
        expect(await scrollWidth(page)).toBeLessThanOrEqual(360);
      });
    });
  },
);
