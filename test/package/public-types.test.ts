/**
 * The public surface is complete: every type of this package that a public signature mentions is exported by one of the
 * entry points, so that users can name it.
 */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ENTRIES = ["src/index.ts", "src/nexushub/index.ts", "src/testing/index.ts", "src/s3.ts"];

/** `Warning (src/warnings.ts), mentioned by DumpResult` for each type that is mentioned and not exported. */
function missingTypes(program: ts.Program, entries: readonly string[]): string[] {
  const checker = program.getTypeChecker();
  const isOurs = (file: ts.SourceFile): boolean =>
    file.fileName.startsWith(`${ROOT}src/`) || !file.fileName.includes("/node_modules/");
  const resolve = (symbol: ts.Symbol): ts.Symbol =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Map<ts.Symbol, string>();
  for (const entry of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    for (const symbol of checker.getExportsOfModule(module))
      exported.set(resolve(symbol), symbol.name);
  }
  const missing = new Set<string>();
  for (const [symbol, name] of exported) {
    for (const declaration of symbol.declarations ?? []) visitDeclaration(declaration, name);
  }
  return [...missing].sort();

  function visitDeclaration(declaration: ts.Declaration, owner: string): void {
    // An inferred type has no nodes to walk: the checker writes it out.
    if (ts.isFunctionDeclaration(declaration) && declaration.type === undefined) {
      const signature = checker.getSignatureFromDeclaration(declaration);
      if (signature !== undefined) visitType(checker.getReturnTypeOfSignature(signature), owner);
    }
    if (ts.isVariableDeclaration(declaration) && declaration.type === undefined)
      visitType(checker.getTypeAtLocation(declaration), owner);
    visit(declaration, owner);
  }

  /** Names of an inferred type: of itself, and of its type arguments. */
  function visitType(type: ts.Type, owner: string): void {
    const symbol = type.aliasSymbol ?? type.symbol;
    if (symbol !== undefined && !symbol.name.startsWith("__")) check(symbol, owner);
    for (const argument of checker.getTypeArguments(type as ts.TypeReference))
      visitType(argument, owner);
  }

  function visit(node: ts.Node, owner: string): void {
    if (ts.isBlock(node) || (ts.isExpression(node) && !ts.isExpressionWithTypeArguments(node)))
      return;
    const flags = ts.canHaveModifiers(node)
      ? ts.getCombinedModifierFlags(node as ts.Declaration)
      : 0;
    if (flags & ts.ModifierFlags.Private) return;
    if (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) return;
    if (ts.isTypeReferenceNode(node)) checkName(node.typeName, owner);
    else if (ts.isExpressionWithTypeArguments(node)) checkName(node.expression, owner);
    else if (ts.isTypeQueryNode(node)) return visitQuery(node, owner);
    ts.forEachChild(node, (child) => visit(child, owner));
  }

  /** `typeof Dump.dump`: its signature is that of the implementation, which need not be exported itself. */
  function visitQuery({ exprName }: ts.TypeQueryNode, owner: string): void {
    const symbol = checker.getSymbolAtLocation(exprName);
    for (const declaration of symbol === undefined ? [] : (resolve(symbol).declarations ?? []))
      if (isOurs(declaration.getSourceFile())) visitDeclaration(declaration, owner);
  }

  function checkName(name: ts.Node, owner: string): void {
    const symbol = checker.getSymbolAtLocation(name);
    if (symbol !== undefined) check(resolve(symbol), owner);
  }

  function check(symbol: ts.Symbol, owner: string): void {
    const declaration = symbol.declarations?.[0];
    if (exported.has(symbol) || declaration === undefined) return;
    const file = declaration.getSourceFile();
    if (ts.isTypeParameterDeclaration(declaration) || !isOurs(file)) return;
    missing.add(`${symbol.name} (${file.fileName.replace(ROOT, "")}), mentioned by ${owner}`);
  }
}

test("every type that a public signature mentions is exported", () => {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}tsconfig.build.json`,
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
      },
    },
  )!;
  const entries = ENTRIES.map((entry) => `${ROOT}${entry}`);
  const program = ts.createProgram(entries, config.options);
  expect(missingTypes(program, entries)).toEqual([]);
}, 180_000);

test("the check finds types in parameters, results, properties, type arguments and inferred types", () => {
  const text = `
    interface Hidden { readonly a: number }
    interface Inner<T> { readonly t: T }
    type Alias = { readonly b: Hidden };
    export interface Shown extends Inner<Hidden> { readonly alias: Alias }
    export function taking(hidden: Hidden): void { const local: Local = 1; void local; }
    export async function inferring() { return { b: { a: 1 } } as Alias; }
    export class Kept { #own: Local = 1; private readonly mine: Local = 1; readonly open: Open = 1; }
    type Local = number;
    type Open = number;
    export const implementation: typeof concealed = (it) => it;
    function concealed(argument: Argument): Argument { return argument; }
    interface Argument { readonly c: number }`;
  const host = ts.createCompilerHost({});
  const original = host.getSourceFile.bind(host);
  host.getSourceFile = (name, options) =>
    name === "/entry.ts" ? ts.createSourceFile(name, text, options) : original(name, options);
  const program = ts.createProgram(["/entry.ts"], { target: ts.ScriptTarget.ES2023 }, host);
  expect(missingTypes(program, ["/entry.ts"])).toEqual(
    [
      "Alias (/entry.ts), mentioned by Shown",
      "Alias (/entry.ts), mentioned by inferring",
      "Argument (/entry.ts), mentioned by implementation",
      "Hidden (/entry.ts), mentioned by Shown",
      "Hidden (/entry.ts), mentioned by taking",
      "Inner (/entry.ts), mentioned by Shown",
      "Open (/entry.ts), mentioned by Kept",
    ].sort(),
  );
});
