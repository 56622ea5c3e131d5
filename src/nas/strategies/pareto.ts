/** One solution: every entry is to be small. */
export type Objectives = readonly number[];

/** Whether `a` is nowhere worse than `b` and somewhere better. */
export const dominates = (a: Objectives, b: Objectives): boolean =>
  a.every((value, at) => value <= b[at]!) && a.some((value, at) => value < b[at]!);

/**
 * Fronts in order, as indices: the first holds what nothing dominates, each next one what only earlier ones dominate
 * (Deb et al. 2002, fast non-dominated sort).
 */
export function paretoFronts(points: readonly Objectives[]): number[][] {
  const below = points.map((): number[] => []);
  const above = points.map(() => 0);
  for (const [i, a] of points.entries()) {
    for (const [j, b] of points.entries()) {
      if (!dominates(a, b)) continue;
      below[i]!.push(j);
      above[j]! += 1;
    }
  }
  const fronts: number[][] = [];
  let front = [...points.keys()].filter((i) => above[i] === 0);
  while (front.length > 0) {
    fronts.push(front);
    const next: number[] = [];
    for (const i of front) {
      for (const j of below[i]!) {
        above[j]! -= 1;
        if (above[j] === 0) next.push(j);
      }
    }
    front = next.sort((a, b) => a - b);
  }
  return fronts;
}

/** Indices of what nothing dominates; of equals the first. Two objectives or more; near-linear in two. */
export function paretoFront(points: readonly Objectives[]): number[] {
  const order = [...points.keys()].sort(
    (a, b) =>
      points[a]!.map((value, at) => value - points[b]![at]!).find((difference) => difference !== 0) ?? a - b,
  );
  const front: number[] = [];
  for (const i of order) {
    const point = points[i]!;
    const beaten =
      point.length === 2
        ? front.length > 0 && points[front.at(-1)!]![1]! <= point[1]!
        : front.some((j) => points[j]!.every((value, at) => value <= point[at]!));
    if (!beaten) front.push(i);
  }
  return front;
}

/** Crowding distance of each point of one front: the ends are infinite (Deb et al. 2002). */
export function crowding(front: readonly Objectives[]): number[] {
  const distance = front.map(() => 0);
  for (let at = 0; at < (front[0]?.length ?? 0); at++) {
    const order = [...front.keys()].sort((a, b) => front[a]![at]! - front[b]![at]! || a - b);
    const span = front[order.at(-1)!]![at]! - front[order[0]!]![at]!;
    distance[order[0]!] = Number.POSITIVE_INFINITY;
    distance[order.at(-1)!] = Number.POSITIVE_INFINITY;
    if (span === 0) continue;
    for (let k = 1; k < order.length - 1; k++) {
      distance[order[k]!]! += (front[order[k + 1]!]![at]! - front[order[k - 1]!]![at]!) / span;
    }
  }
  return distance;
}

/** Volume that points dominate below a reference; what is not below it counts nothing (hypervolume by slicing). */
export function hypervolume(points: readonly Objectives[], reference: Objectives): number {
  const inside = points.filter((point) => point.every((value, at) => value < reference[at]!));
  if (reference.length === 1) {
    return inside.length === 0 ? 0 : reference[0]! - Math.min(...inside.map(([value]) => value!));
  }
  const last = reference.length - 1;
  const sorted = inside.toSorted((a, b) => a[last]! - b[last]!);
  return sorted.reduce((sum, point, k) => {
    const depth = (sorted[k + 1]?.[last] ?? reference[last]!) - point[last]!;
    if (depth === 0) return sum;
    const slice = sorted.slice(0, k + 1).map((other) => other.slice(0, last));
    return sum + depth * hypervolume(slice, reference.slice(0, last));
  }, 0);
}
