import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface TextFile {
  /** Path from the top of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface CodeFile extends TextFile {
  readonly tree: ts.SourceFile;
}

export function readTextFiles(folder: string, suffixes: readonly string[]): readonly TextFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => suffixes.some((suffix) => path.endsWith(suffix)))
    .filter((path) => !path.includes("/node_modules/"))
    .toSorted()
    .map(readTextFile);
}

export function readTextFile(path: string): TextFile {
  return { path, text: readFileSync(join(ROOT, path), "utf8") };
}

/** The TypeScript files below a folder, parsed. */
export function readCodeFiles(folder: string): readonly CodeFile[] {
  return readTextFiles(folder, [".ts"]).map(({ path, text }) => ({
    path,
    text,
    tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true),
  }));
}

/** Calls `visit` for every node of the file. */
export function visitNodes(file: CodeFile, visit: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, walk);
  };
  walk(file.tree);
}
