/** A stage on its way to the pool. */
export interface Turn {
  /** Waits until no stage of a lower rank is on its way. */
  come(): Promise<void>;
  /** It has asked the pool, or will not, or waits for another run: those behind it need not wait. */
  leave(): void;
}

/** Lets stages that are ready at the same time ask the pool in the order of their ranks. */
export interface Turns {
  enter(rank: number): Turn;
}

export function createTurns(): Turns {
  const onTheirWay = new Map<Turn, number>();
  let waiting: { readonly rank: number; readonly go: () => void }[] = [];
  const isNext = (rank: number): boolean => [...onTheirWay.values()].every((other) => other >= rank);
  return {
    enter(rank) {
      const turn: Turn = {
        come: () =>
          new Promise((go) => {
            if (isNext(rank)) go();
            else waiting.push({ rank, go });
          }),
        leave() {
          if (!onTheirWay.delete(turn)) return;
          const next = waiting.filter((each) => isNext(each.rank));
          waiting = waiting.filter((each) => !next.includes(each));
          for (const { go } of next) go();
        },
      };
      onTheirWay.set(turn, rank);
      return turn;
    },
  };
}

/** Every stage asks as soon as it can. */
export const noTurns: Turns = { enter: () => ({ come: async () => {}, leave: () => {} }) };
