/** Algorithms on graphs whose nodes are numbers from 0 on. Pure, and without recursion: a graph can be deep. */

/**
 * Strongly connected components, by Tarjan's algorithm: sets of nodes that all reach each other. A component comes after
 * those that its edges lead to. Its first member is the one from which the others were reached, in that order.
 *
 * @param edges for each node, the nodes that its edges lead to; one can be there twice.
 * @param minSize components with fewer members are left out.
 */
export function stronglyConnectedComponents(
  edges: readonly (readonly number[])[],
  minSize = 1,
): number[][] {
  /** The order in which nodes were visited, from 1 on; 0 before that. */
  const visited = new Int32Array(edges.length);
  /** The earliest visited node of the stack that each node reaches. */
  const low = new Int32Array(edges.length);
  const onStack = new Uint8Array(edges.length);
  /** How many edges of each node were followed. */
  const followed = new Int32Array(edges.length);
  /** Visited nodes whose component is not complete. */
  const stack: number[] = [];
  /** The nodes from the root to the one that is being visited. */
  const path: number[] = [];
  const components: number[][] = [];
  let count = 0;
  const visit = (node: number): void => {
    visited[node] = low[node] = ++count;
    stack.push(node);
    onStack[node] = 1;
    path.push(node);
  };
  const complete = (root: number): void => {
    const isSingle = stack.at(-1) === root;
    if (isSingle && minSize > 1) {
      // Most nodes of most graphs: nothing is allocated for them.
      stack.pop();
      onStack[root] = 0;
      return;
    }
    const members = isSingle ? [stack.pop()!] : stack.splice(stack.lastIndexOf(root));
    for (const member of members) onStack[member] = 0;
    if (members.length >= minSize) components.push(members);
  };
  for (let root = 0; root < edges.length; root++) {
    if (visited[root] === 0) visit(root);
    while (path.length > 0) {
      const node = path.at(-1)!;
      const next = edges[node]![followed[node]!++];
      if (next !== undefined) {
        if (visited[next] === 0) visit(next);
        else if (onStack[next] === 1) low[node] = Math.min(low[node]!, visited[next]!);
        continue;
      }
      path.pop();
      const previous = path.at(-1);
      if (previous !== undefined) low[previous] = Math.min(low[previous]!, low[node]!);
      if (low[node] === visited[node]) complete(node);
    }
  }
  return components;
}

/**
 * For each node, the nodes that its edges lead to, in the order of the edges.
 *
 * @param count how many nodes there are.
 * @param from where each edge begins; `to`, of the same length, is where it ends.
 */
export function adjacencyLists(
  count: number,
  from: ArrayLike<number>,
  to: ArrayLike<number>,
): (readonly number[])[] {
  const none: readonly number[] = [];
  const lists = Array.from({ length: count }, () => none as number[]);
  for (let n = 0; n < from.length; n++) {
    const node = from[n]!;
    if (lists[node] === none) lists[node] = [to[n]!];
    else lists[node]!.push(to[n]!);
  }
  return lists;
}

/** The same graph with every edge turned around. */
export function reversedEdges(edges: readonly (readonly number[])[]): (readonly number[])[] {
  let count = 0;
  for (const targets of edges) count += targets.length;
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  let n = 0;
  for (let node = 0; node < edges.length; node++) {
    for (const target of edges[node]!) {
      from[n] = target;
      to[n++] = node;
    }
  }
  return adjacencyLists(edges.length, from, to);
}

/** The node, and all nodes that its edges lead to over any number of others. */
export function reachable(edges: readonly (readonly number[])[], node: number): Set<number> {
  const reached = new Set([node]);
  // A set is walked through in the order in which it grows.
  for (const from of reached) for (const to of edges[from]!) reached.add(to);
  return reached;
}

/** A binary heap of numbers: `pop` removes the least. */
export class MinHeap {
  readonly #items: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (items[parent]! <= item) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Removes and returns the least item; undefined when the heap is empty. */
  pop(): number | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return least;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++;
      if (last <= items[child]!) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = last;
    return least;
  }
}
