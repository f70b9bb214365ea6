import ts from "typescript";
import { type CodeFile, visitNodes } from "./source-files.ts";

export interface FunctionSize {
  readonly path: string;
  readonly name: string;
  /** Lines from the signature to the closing brace, without the docstring. */
  readonly lines: number;
  readonly parameters: number;
}

/** Every function, method, constructor and arrow function with a body. */
export function functionSizes(file: CodeFile): readonly FunctionSize[] {
  const sizes: FunctionSize[] = [];
  visitNodes(file, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) return;
    const lineAt = (position: number): number =>
      file.tree.getLineAndCharacterOfPosition(position).line;
    sizes.push({
      path: file.path,
      name: nameOf(node),
      lines: lineAt(node.getEnd()) - lineAt(node.getStart(file.tree)) + 1,
      parameters: node.parameters.length,
    });
  });
  return sizes;
}

function nameOf(node: ts.SignatureDeclaration): string {
  const { name, parent } = node;
  if (name !== undefined) return name.getText();
  if (ts.isConstructorDeclaration(node)) return "constructor";
  if ((ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) && parent.name) {
    return parent.name.getText();
  }
  return "(anonymous)";
}
