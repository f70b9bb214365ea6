import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { contentsChart } from "../../../src/drill/chart.ts";
import { renderHtml } from "../../../src/drill/render-html.ts";
import { renderJunit } from "../../../src/drill/render-junit.ts";
import { renderText } from "../../../src/drill/render-text.ts";
import { escapeXml } from "../../../src/drill/xml.ts";
import type { ProbeResult } from "../../../src/drill/report.ts";
import { failedDrill, HOSTILE, relation } from "../../support/drill-report.ts";

describe("renderText", () => {
  test("gives a line for each probe, what to do, and the verdict last", () => {
    const lines = renderText(failedDrill).split("\n");
    expect(lines).toContain("ok      Archive verified: all 26 entries are intact");
    expect(lines.some((line) => line.startsWith("FAILED  Foreign keys and checks: 1 of 28"))).toBe(
      true,
    );
    expect(lines).toContain("          hint: repair it");
    expect(lines).toContain("not run Key fits the archive: no key");
    expect(lines.at(-1)).toBe("THE DRILL FAILED: Foreign keys and checks, 1 not run.");
    expect(
      renderText({ ...failedDrill, ok: true, probes: failedDrill.probes.slice(0, 1) }),
    ).toMatch(/\nThe drill passed: 1 probe\.$/);
  });

  test("says what there is when the archive could not be read", () => {
    const text = renderText({
      ...failedDrill,
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

/** Prints each case with the elements in it, and fails for a text that is not well-formed. */
const CASES_OF = `
import sys
from xml.parsers.expat import ParserCreate
cases, path = [], []
def start(name, attributes):
    if name == "testcase": cases.append((attributes["classname"], []))
    elif path[-1:] == ["testcase"]: cases[-1][1].append(name)
    path.append(name)
parser = ParserCreate()
parser.StartElementHandler = start
parser.EndElementHandler = lambda name: path.pop()
parser.Parse(sys.stdin.buffer.read(), True)
print([case + ":" + ",".join(names) for case, names in cases])
`;

describe("renderJunit", () => {
  test("is well-formed whatever the messages hold, with a case for each probe", () => {
    const xml = renderJunit(failedDrill);
    // Without Python's own start-up and its document model, which take most of a second.
    const check = spawnSync("python3", ["-I", "-S", "-c", CASES_OF], {
      input: xml,
      encoding: "utf8",
    });
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

  test("keeps names and figures readable beside one huge table", () => {
    const svg = contentsChart([relation("huge", 1e12), relation("small", 1000, 7)]);
    // Texts above their bars, of one size, and none inside a bar.
    expect(svg).toMatch(/<text class="name" x="0" y="52">small<\/text>/);
    expect(svg).toMatch(/<text class="figures" x="100%" y="52" text-anchor="end">1000 B, 7 rows</);
    expect(svg).toContain('y="58" width="0.5%"');
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
  test("names the database and its host, and no unknown host", () => {
    expect(renderHtml(failedDrill)).toContain("<dt>Database</dt><dd>nexushub on vpn</dd>");
    const elsewhere = renderHtml({ ...failedDrill, host: null });
    expect(elsewhere).toContain("<dt>Database</dt><dd>nexushub</dd>");
  });

  test("probes that did not run for one reason are one line, and few of them are not", () => {
    const skipped = (id: number): ProbeResult => ({
      id: `p${id}`,
      title: `Probe ${id}`,
      status: "not-run",
      message: "the archive is damaged",
      elapsedMs: 0,
    });
    const [failed] = failedDrill.probes.filter(({ status }) => status === "failed");
    const page = (count: number, others: readonly ProbeResult[] = []): string => {
      const probes = Array.from({ length: count }, (_, i) => skipped(i + 1));
      return renderHtml({ ...failedDrill, probes: [failed!, ...probes, ...others] });
    };
    const rows = (html: string): number => html.match(/<li class="probe /g)!.length;
    expect(rows(page(10))).toBe(1);
    expect(page(10)).toContain(
      "Not run, because the archive is damaged: Probe 1, Probe 2, Probe 3, Probe 4, Probe 5, Probe 6, Probe 7, Probe 8, Probe 9, Probe 10.",
    );
    expect(rows(page(3))).toBe(4);
    expect(rows(page(10, [{ ...skipped(11), message: "no key" }]))).toBe(12);
  });

  test("needs nothing from outside, and says so to the browser", () => {
    const html = renderHtml(failedDrill);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<script|\ssrc=|\shref=|url\(|@import|https?:/i);
  });
});
