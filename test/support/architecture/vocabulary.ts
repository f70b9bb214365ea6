import ts from "typescript";
import { type CodeFile, type TextFile, visitNodes } from "./source-files.ts";

/**
 * Words that were coined here once, with the word that a PostgreSQL or TypeScript engineer searches for. They are looked for
 * in comments, text and names, camel case taken apart.
 */
const COINED: Readonly<Record<string, string>> = {
  "pieces?": "dumpable object",
  "satellites?": "component",
  makers: "defining objects",
  "claimed|claims?": "covered",
  unclaimed: "uncovered",
  circles: "dependency cycles",
  circle: "dependency cycle",
  "carr(y|ies|ied|ying)": "dump, hold, record",
  "adopt(s|ed|ion|ions)?": "manually added extension member",
  "additions?": "user objects on an extension's relations",
  careful: "guardExisting",
  hanging: "user object on an extension's relation",
  "unproven|provable": "not valid, not verified",
  "prove|proves|proven|proved|proving": "verify, verified, intact",
  "anchors?": "empty entry",
  "twins?": "equivalent index",
  "namesakes?": "of the same name",
  reparse: "deparse round trip",
  shifted: "stale column list",
  "survey(s|ed)?": "prepare",
  framing: "codec",
  weigh: "weighted semaphore",
  "told|furnish|let go": "record, save, write, release",
  "for want of|is to be had|are to be had|were to be had": "plain English: missing, available",
  "whole number": "integer",
  materialised: "materialized, as PostgreSQL spells it",
  "recognis(e|es|ed|ing)": "recognize, as PostgreSQL spells it",
};

/** A coined word and the files that may hold it, for a meaning that is not the coined one. */
const ALLOWED: readonly { word: RegExp; files: RegExp; reason: string }[] = [];

/** Names of variables, parameters, functions and properties that say nothing about the thing. */
const FILLER_NAMES: ReadonlySet<string> = new Set(
  "found place one own made given wanted such other told note keep course whole pair chosen enter inventory constructs NAMES".split(
    " ",
  ),
);

export interface WordUse {
  readonly path: string;
  readonly line: number;
  readonly word: string;
  readonly instead: string;
}

const ANY = new RegExp(`\\b(?:${Object.keys(COINED).join("|")})\\b`, "gi");
const MEANINGS = Object.entries(COINED).map(([words, instead]) => ({
  pattern: new RegExp(`^(?:${words})$`, "i"),
  instead,
}));

export function coinedWords(file: TextFile): readonly WordUse[] {
  // Line by line only where there is something to find: most files hold none.
  if (wordsOf(file.text).search(ANY) === -1) return [];
  return file.text.split("\n").flatMap((text, index) =>
    Array.from(wordsOf(text).matchAll(ANY), ([word]) => word)
      .filter((word) => !isAllowed(word, file.path))
      .map((word) => ({
        path: file.path,
        line: index + 1,
        word,
        instead: MEANINGS.find(({ pattern }) => pattern.test(word))?.instead ?? "",
      })),
  );
}

/** The text with the words of names apart: `PieceId` and `PIECE_ID` as `Piece Id`. */
function wordsOf(text: string): string {
  return text.replace(/([a-z])(?=[A-Z])/g, "$1 ").replaceAll("_", " ");
}

function isAllowed(used: string, path: string): boolean {
  return ALLOWED.some(({ word, files }) => word.test(used) && files.test(path));
}

export function fillerNames(file: CodeFile): readonly WordUse[] {
  const uses: WordUse[] = [];
  visitNodes(file, (node) => {
    if (!ts.isIdentifier(node) || !FILLER_NAMES.has(node.text) || !isDeclared(node)) return;
    const line = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1;
    uses.push({ path: file.path, line, word: node.text, instead: "what the thing is" });
  });
  return uses;
}

function isDeclared(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isVariableDeclaration(parent) ||
      ts.isParameter(parent) ||
      ts.isBindingElement(parent) ||
      ts.isFunctionDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertySignature(parent)) &&
    parent.name === node
  );
}
