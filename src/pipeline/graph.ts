import { DirectedGraph } from 'graphology';

/** The graph of stages: an edge from a stage to each that takes from it. */
function stageGraph(after: ReadonlyMap<string, readonly string[]>): DirectedGraph {
  const graph = new DirectedGraph();
  for (const id of after.keys()) graph.addNode(id);
  for (const [id, sources] of after) {
    for (const source of sources) graph.mergeDirectedEdge(source, id);
  }
  return graph;
}

/** A node on the way from the one that was visited first, and those of its sources that are still to be visited. */
interface Visit {
  readonly node: string;
  readonly sources: string[];
}

/**
 * Nodes such that each comes after its sources, otherwise in the order they are in. Cycles, each with its first
 * node repeated at the end and in the direction of the edges: none when there are none; a cycle that shares nodes with
 * another may be left out, two that share none are both there.
 *
 * @param after node → its sources, each once
 */
export function topologicalOrder(after: ReadonlyMap<string, readonly string[]>): {
  order: string[];
  cycles: string[][];
} {
  const graph = stageGraph(after);
  const order: string[] = [];
  const cycles: string[][] = [];
  const done = new Set<string>();
  const depth = new Map<string, number>();
  // no recursion: a chain of stages may be longer than any stack
  for (const start of graph.nodes()) {
    const way: Visit[] = [];
    const enter = (node: string): void => {
      depth.set(node, way.length);
      way.push({ node, sources: graph.inNeighbors(node).reverse() });
    };
    if (!done.has(start)) enter(start);
    while (way.length > 0) {
      const { node, sources } = way.at(-1)!;
      const source = sources.pop();
      if (source === undefined) {
        way.pop();
        depth.delete(node);
        done.add(node);
        order.push(node);
      } else if (depth.has(source)) {
        cycles.push([...way.slice(depth.get(source)).map((visit) => visit.node), source].reverse());
      } else if (!done.has(source)) enter(source);
    }
  }
  return { order, cycles };
}
