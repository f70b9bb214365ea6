/**
 * Stored expressions (`pg_node_tree`) as the server writes them (src/backend/nodes/outfuncs.c): `{FUNCEXPR :funcid 20 :args ({VAR …})}`.
 * Pure.
 */

/**
 * The types of the arguments of each call of a function, null for those that the tree does not tell.
 * @param tree of one major: the fields of a node differ between majors, those read here do not from 13 to 18.
 */
export function argumentTypes(tree: string, oid: number): (number | null)[][] {
  const start = `{FUNCEXPR :funcid ${oid} `;
  const calls: (number | null)[][] = [];
  for (let at = tree.indexOf(start); at >= 0; at = tree.indexOf(start, at + 1)) {
    const args = fieldsOf(tree.slice(at, endOf(tree, at))).get("args") ?? "";
    calls.push(nodesOf(args).map(typeOf));
  }
  return calls;
}

/** Fields that tell the type of a node (src/include/nodes/primnodes.h). */
const TYPES = /^(?:vartype|consttype|paramtype|funcresulttype|opresulttype|resulttype)$/;

function typeOf(node: string): number | null {
  const type = [...fieldsOf(node)].find(([name]) => TYPES.test(name))?.[1];
  return type === undefined ? null : Number(type);
}

/** The nodes in a list. */
function nodesOf(text: string): string[] {
  const nodes: string[] = [];
  for (let at = text.indexOf("{"); at >= 0; at = text.indexOf("{", at)) {
    const end = endOf(text, at);
    nodes.push(text.slice(at, end));
    at = end;
  }
  return nodes;
}

/** The fields of a node itself: `:name value`. */
function fieldsOf(node: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  let from = 0;
  const end = (at: number): void => {
    if (name !== undefined) fields.set(name, node.slice(from, at).trim());
  };
  for (let at = 1; at < node.length - 1; at++) {
    const char = node[at]!;
    if (char === "\\") at++;
    else if (char === "{" || char === "(") at = endOf(node, at) - 1;
    else if (char === ":" && node[at - 1] === " ") {
      end(at);
      name = /^\w+/.exec(node.slice(at + 1, at + 65))?.[0];
      from = at + 1 + (name?.length ?? 0);
    }
  }
  end(node.length - 1);
  return fields;
}

/** The index after the node or list that begins at `start`. A backslash stands before what is no syntax. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === "\\") at++;
    else if (char === "{" || char === "(") depth++;
    else if (char === "}" || char === ")") {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}
