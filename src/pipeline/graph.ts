import { DirectedGraph } from 'graphology';

/** The graph of stages: an edge from a stage to each that takes from it. */
export function stageGraph(after: ReadonlyMap<string, readonly string[]>): DirectedGraph {
  const graph = new DirectedGraph();
  for (const id of after.keys()) graph.addNode(id);
  for (const [id, sources] of after) {
    for (const source of sources) graph.mergeEdge(source, id);
  }
  return graph;
}

/**
 * Nodes such that each comes after its sources, otherwise in the order they were added; or one cycle, its first node
 * repeated at the end, in the direction of the edges.
 */
export function topologicalOrder(graph: DirectedGraph): { order: string[] } | { cycle: string[] } {
  const order: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (done.has(node)) return undefined;
    const start = path.indexOf(node);
    if (start !== -1) return [...path.slice(start), node].reverse();
    path.push(node);
    for (const source of graph.inNeighbors(node)) {
      const cycle = visit(source);
      if (cycle !== undefined) return cycle;
    }
    path.pop();
    done.add(node);
    order.push(node);
    return undefined;
  };
  for (const node of graph.nodes()) {
    const cycle = visit(node);
    if (cycle !== undefined) return { cycle };
  }
  return { order };
}
