import { posix } from "node:path";
import ts from "typescript";
import { type CodeFile, visitNodes } from "./source-files.ts";

export interface Import {
  readonly from: string;
  /** A path from the top of the repository, or the name of a package. */
  readonly to: string;
  readonly isPackage: boolean;
  readonly isTypeOnly: boolean;
}

/** Every import of the files: static, type-only, re-exported, dynamic, and `import("…")` types. Node's modules are left out. */
export function importsOf(files: readonly CodeFile[]): readonly Import[] {
  return files.flatMap((file) => {
    const imports: Import[] = [];
    visitNodes(file, (node) => {
      const found = specifierOf(node);
      if (found === undefined || found.specifier.startsWith("node:")) return;
      const { specifier, isTypeOnly } = found;
      const isPackage = !specifier.startsWith(".");
      const to = isPackage ? packageOf(specifier) : posix.join(posix.dirname(file.path), specifier);
      imports.push({ from: file.path, to, isPackage, isTypeOnly });
    });
    return imports;
  });
}

function specifierOf(node: ts.Node): { specifier: string; isTypeOnly: boolean } | undefined {
  if (ts.isImportDeclaration(node)) {
    return literal(
      node.moduleSpecifier,
      node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword,
    );
  }
  if (ts.isExportDeclaration(node)) return literal(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return literal(node.argument.literal, true);
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    return literal(node.arguments[0], false);
  }
  return undefined;
}

function literal(
  node: ts.Node | undefined,
  isTypeOnly: boolean,
): { specifier: string; isTypeOnly: boolean } | undefined {
  return node !== undefined && ts.isStringLiteral(node)
    ? { specifier: node.text, isTypeOnly }
    : undefined;
}

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The room of a file of src: its folder there, or the file's own name. */
export function roomOf(path: string): string {
  return path.split("/")[1] ?? path;
}

/** Groups of files that import each other, directly or through others. */
export function importCycles(imports: readonly Import[]): readonly (readonly string[])[] {
  const targets = new Map<string, Set<string>>();
  for (const { from, to, isPackage } of imports) {
    if (isPackage) continue;
    const known = targets.get(from);
    if (known === undefined) targets.set(from, new Set([to]));
    else known.add(to);
  }
  const reachable = new Map(
    [...targets.keys()].map((file) => [file, reachableFrom(file, targets)]),
  );
  const grouped = new Set<string>();
  const cycles: string[][] = [];
  for (const [file, reached] of reachable) {
    if (grouped.has(file) || !reached.has(file)) continue;
    const cycle = [...reached].filter((other) => reachable.get(other)?.has(file) === true);
    for (const member of cycle) grouped.add(member);
    cycles.push(cycle.toSorted());
  }
  return cycles;
}

function reachableFrom(
  start: string,
  targets: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const pending = [start];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    for (const target of targets.get(file) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      pending.push(target);
    }
  }
  return reached;
}
