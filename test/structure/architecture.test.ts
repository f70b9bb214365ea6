/** Checks of the source itself: layers, import cycles, sizes, vocabulary. What the linter can't see is checked here. */
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { functionSizes } from "../support/architecture/functions.ts";
import { importCycles, importsOf, roomOf } from "../support/architecture/imports.ts";
import { LAYERS, PACKAGES, ROOMS, layerOf } from "../support/architecture/layers.ts";
import { withLayerRules } from "../support/architecture/lint-config.ts";
import {
  readCodeFiles,
  readTextFile,
  readTextFiles,
} from "../support/architecture/source-files.ts";
import { type WordUse, coinedWords, fillerNames } from "../support/architecture/vocabulary.ts";

/**
 * What the code has still to grow out of: for each check, the files that fail it. Only entries with a lasting reason stay.
 * `ROOM=ddl npx vitest run test/structure/architecture.test.ts` lists everything that this hides in one room.
 */
const REMAINING = JSON.parse(
  readFileSync(new URL("architecture-remaining.json", import.meta.url), "utf8"),
) as Record<string, readonly string[]>;

const src = readCodeFiles("src");
const imports = importsOf(src);
const code = [...src, ...readCodeFiles("bench"), ...readCodeFiles("test")];

/** Fails for every offence (`path…: text`) whose path is not listed for this check. */
function expectNone(check: string, offences: readonly string[]): void {
  const room = process.env.ROOM;
  const allowed = new Set(REMAINING[check]);
  const isListed = (offence: string): boolean => {
    const path = offence.split(":")[0] ?? "";
    return allowed.has(path) && (room === undefined || !path.startsWith(`src/${room}`));
  };
  expect(offences.filter((offence) => !isListed(offence))).toEqual([]);
}

const toText = ({ path, line, word, instead }: WordUse): string =>
  `${path}:${line}: ${word} (say ${instead})`;

describe("layers", () => {
  test("every file of src is in a room of the list", () => {
    expect(ROOMS.toSorted()).toEqual([...new Set(src.map(({ path }) => roomOf(path)))].toSorted());
    expect(new Set(ROOMS).size).toBe(LAYERS.flat().length);
  });

  test("imports point down, types included", () => {
    const upwards = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ from, to }) => roomOf(from) !== roomOf(to))
      .filter(({ from, to }) => layerOf(roomOf(to)) >= layerOf(roomOf(from)))
      .map(({ from, to }) => `${from}: imports ${to}`);
    expectNone("layers", upwards);
  });

  test("packages are imported by their rooms alone", () => {
    const misplaced = imports
      .filter(({ isPackage }) => isPackage)
      .filter(({ from, to, isTypeOnly }) => {
        const rule = PACKAGES[to];
        const rooms = isTypeOnly ? (rule?.typeRooms ?? rule?.rooms) : rule?.rooms;
        return rooms?.includes(roomOf(from)) !== true;
      })
      .map(({ from, to }) => `${from}: imports ${to}: ${PACKAGES[to]?.reason ?? "no rule for it"}`);
    expectNone("packages", misplaced);
  });

  test("no files import each other, not even types", () => {
    expectNone(
      "cycles",
      importCycles(imports).map((files) => `${files[0]}: in a cycle of ${files.join(" ")}`),
    );
  });

  test("the linter has the same layers (run with -u to rewrite its configuration)", async () => {
    const { text } = readTextFile(".oxlintrc.json");
    await expect(await withLayerRules(text)).toMatchFileSnapshot("../../.oxlintrc.json");
  });
});

describe("sizes", () => {
  test("no file of src has more than 300 lines", () => {
    const long = src
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > 300)
      .map(({ path, lines }) => `${path}: ${lines} lines`);
    expectNone("files", long);
  });

  test("no function has more than 60 lines or five parameters", () => {
    const large = src
      .flatMap(functionSizes)
      .filter(({ lines, parameters }) => lines > 60 || parameters > 5)
      .map(
        (size) => `${size.path}: ${size.name}: ${size.lines} lines, ${size.parameters} parameters`,
      );
    expectNone("functions", large);
  });
});

describe("vocabulary", () => {
  test("code and documents use no coined words", () => {
    const texts = [
      ...code.filter(({ path }) => !path.startsWith("test/support/architecture/")),
      ...readTextFiles("docs", [".md"]),
      ...readTextFiles("examples", [".mjs", ".yml"]),
      readTextFile("README.md"),
    ];
    expectNone("words", texts.flatMap(coinedWords).map(toText));
  });

  test("names say what the thing is", () => {
    expectNone("names", src.flatMap(fillerNames).map(toText));
  });
});

/** A path in backticks: of the repository, or of `src`, as docs/architecture.md names the rooms. */
const NAMED_PATH = /`((?:[\w.-]+\/)+[\w.-]+)`/g;

test.each(["docs/architecture.md", "docs/archive-format.md", "CONTRIBUTING.md"])(
  "the paths that %s names exist",
  (file) => {
    const paths = Array.from(readTextFile(file).text.matchAll(NAMED_PATH), ([, path]) => path!);
    const isOurs = (path: string): boolean =>
      existsSync(path.split("/")[0]!) || ROOMS.some((room) => room === path.split("/")[0]);
    const missing = paths
      .filter(isOurs)
      .filter((path) => !existsSync(path) && !existsSync(`src/${path}`));
    expect(missing).toEqual([]);
  },
);
