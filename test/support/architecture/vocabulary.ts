import ts from "typescript";
import { type CodeFile, type TextFile, visitNodes } from "./source-files.ts";

interface Coined {
  /** A pattern for whole words. */
  readonly words: string;
  readonly instead: string;
  /** The files in which the word has its coined meaning; everywhere when absent. */
  readonly files?: RegExp;
}

const OF_OBJECTS = /\b(catalog|ddl|plan|coverage)\b/;

/**
 * Words that were coined here once, with the word that a PostgreSQL or TypeScript engineer searches for. They are looked for
 * in comments, text and names, camel case taken apart.
 */
const COINED: readonly Coined[] = [
  { words: "pieces?", instead: "dumpable object" },
  { words: "satellites?", instead: "component" },
  { words: "makers", instead: "defining objects", files: OF_OBJECTS },
  { words: "claimed|claims?", instead: "covered", files: OF_OBJECTS },
  { words: "unclaimed", instead: "uncovered" },
  { words: "(?<!<)circles?", instead: "dependency cycle" },
  { words: "carr(?:y|ies|ied|ying)(?! out)", instead: "dump, hold, record" },
  { words: "adoptions?", instead: "manually added extension member" },
  { words: "(?<!in )additions?", instead: "user objects on an extension's relations" },
  { words: "careful", instead: "guardExisting", files: OF_OBJECTS },
  { words: "hanging", instead: "user object on an extension's relation", files: OF_OBJECTS },
  { words: "unproven|provable", instead: "not valid, not verified" },
  // Not "prove": the option of that name restores a schema on trial, which is more than to verify an archive.
  { words: "proves|proven|proved|proving", instead: "verify, verified, intact" },
  { words: "(?<!text-)anchors?", instead: "empty entry" },
  { words: "twins?", instead: "equivalent index" },
  { words: "namesakes?", instead: "of the same name" },
  { words: "reparse", instead: "deparse round trip" },
  { words: "shifted", instead: "stale column list", files: OF_OBJECTS },
  { words: "surveys?|surveyed", instead: "prepare, read" },
  { words: "framing", instead: "codec" },
  { words: "weigh", instead: "weighted semaphore" },
  { words: "told|furnish|let go", instead: "record, save, write, release" },
  { words: "for want of|(?:is|are|were) to be had", instead: "missing, available" },
  { words: "whole numbers?", instead: "integer" },
  { words: "materialised", instead: "materialized, as PostgreSQL spells it" },
  { words: "recognis(?:e|es|ed|ing)", instead: "recognize, as PostgreSQL spells it" },
];

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

const ANY = new RegExp(`\\b(?:${COINED.map(({ words }) => words).join("|")})\\b`, "i");
const PATTERNS = COINED.map((coined) => ({
  ...coined,
  pattern: new RegExp(`\\b(?:${coined.words})\\b`, "gi"),
}));

export function coinedWords(file: TextFile): readonly WordUse[] {
  // Line by line only where there is something to find: most files hold none.
  if (!ANY.test(wordsOf(file.text))) return [];
  const patterns = PATTERNS.filter(({ files }) => files === undefined || files.test(file.path));
  return file.text.split("\n").flatMap((text, index) => {
    const words = wordsOf(text);
    return patterns.flatMap(({ pattern, instead }) =>
      Array.from(words.matchAll(pattern), ([word]) => ({
        path: file.path,
        line: index + 1,
        word,
        instead,
      })),
    );
  });
}

/** The text with the words of names apart: `PieceId` and `PIECE_ID` as `Piece Id`. */
function wordsOf(text: string): string {
  return text.replace(/([a-z])(?=[A-Z])/g, "$1 ").replaceAll("_", " ");
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
