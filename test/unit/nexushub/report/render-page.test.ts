import { describe, expect, test } from "vitest";
import { withDrill } from "../../../../src/nexushub/backup-folder/drill-history.ts";
import { renderPage } from "../../../../src/nexushub/report/render-page.ts";
import { drills, listedBackup as backup, pageFacts as facts } from "../../../support/page-facts.ts";

const EVIL = `<script>alert("&'")</script>`;
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

describe("renderPage", () => {
  test("shows 400 backups, and folds the older ones away", () => {
    const html = renderPage(facts(Array.from({ length: 400 }, (_, i) => backup(i))));
    expect(count(html, /<rect class="bar"/g)).toBe(400);
    expect(html).toContain("<summary>360 more</summary>");
    expect(count(html, /<rect class="dot good"/g)).toBe(2);
    expect(count(html, /<rect class="dot bad"/g)).toBe(1);
    expect(html).toContain("Recovery time: 1.0 s");
    expect(html).toContain('<th scope="row">audit_log</th>');
    // A folder of every night for a year is a page that a phone can load.
    expect(html.length).toBeLessThan(400_000);
    expect(html).not.toMatch(/NaN|undefined|null/);
  });

  test("shows none", () => {
    const wrong = {
      title: "Newest backup",
      status: "failed",
      message: "none",
      hint: "make one",
    } as const;
    const html = renderPage(facts([], { drills: [], findings: [wrong], archiveBytes: 0 }));
    expect(html).toContain("1 problem: Newest backup.");
    expect(html).toContain("What to do: make one");
    expect(html).not.toMatch(/<svg|<table|NaN|undefined/);
  });

  test("escapes every text, loads nothing, and runs nothing", () => {
    const bad = backup(0, {
      host: EVIL,
      database: EVIL,
      name: EVIL,
      reasons: [EVIL],
      tables: [{ name: EVIL, rows: 1, bytes: 1 }],
    });
    const evilDrills = withDrill([], { ...drills[0]!, archive: EVIL, target: EVIL }, undefined);
    const finding = { title: EVIL, status: "failed", message: EVIL, hint: EVIL } as const;
    const html = renderPage(
      facts([bad, backup(1)], { folder: EVIL, drills: evilDrills, findings: [finding] }),
    );
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/\s(?:src|href|on\w+)=/);
    expect(html).toContain("default-src 'none'");
    expect(count(html, /&lt;script&gt;/g)).toBeGreaterThan(8);
  });

  test("marks what is damaged or was never verified", () => {
    const html = renderPage(
      facts([backup(0, { damagedAt: backup(0).at }), backup(1, { verifiedAt: null })]),
    );
    expect(html).toMatch(/<rect class="bad"/);
    expect(html).toMatch(/<rect class="idle"/);
    expect(html).toContain('<td class="bad">damaged</td>');
  });
});
