/** A page of ours in a real Chromium, which tells what the page asked for and complained about. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";

export const CHROMIUM = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
].find((path) => spawnSync(path, ["--version"]).status === 0);

export interface OpenPage {
  readonly page: Page;
  /** The computed style of the first element that matches. */
  readonly style: (selector: string, property: string) => Promise<string | undefined>;
}

/** Opens the page at 1000 × 800, checks that it fetches nothing and complains of nothing, and closes it after use. */
export async function withPage(
  html: string,
  use: (open: OpenPage) => Promise<void>,
): Promise<void> {
  const { chromium } = await import("playwright-core");
  const folder = mkdtempSync(join(tmpdir(), "page-"));
  const path = join(folder, "page.html");
  writeFileSync(path, html);
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
    await use({
      page,
      style: (selector, property) =>
        page
          .locator(selector)
          .first()
          .evaluate(
            (element, name) =>
              (
                globalThis as unknown as { getComputedStyle(e: unknown): Record<string, string> }
              ).getComputedStyle(element)[name],
            property,
          ),
    });
    expect(complaints).toEqual([]);
    expect(requests).toEqual([url]);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
}

/** Where the elements that match lie, in CSS pixels. */
export function boxes(
  page: Page,
  selector: string,
): Promise<{ left: number; right: number; width: number; height: number }[]> {
  return page.locator(selector).evaluateAll((elements) =>
    elements.map((each) => {
      const { left, right, width, height } = (
        each as unknown as {
          getBoundingClientRect(): Record<"left" | "right" | "width" | "height", number>;
        }
      ).getBoundingClientRect();
      return { left, right, width, height };
    }),
  );
}

/** The width of all that can be scrolled to, sideways. */
export const scrollWidth = (page: Page): Promise<number> =>
  page.evaluate<number>("document.documentElement.scrollWidth");
