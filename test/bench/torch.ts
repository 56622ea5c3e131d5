import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Network } from '../../src/net/network.ts';

/** PyTorch in a process of its own, at its best: channels_last, and an allocator that keeps what it has. */
export interface Torch {
  load(networks: readonly Network[], batch: number, threads: number): Promise<void>;
  /** Milliseconds of one step. */
  step(what: 'train' | 'evaluate', network: number): Promise<number>;
  /** MiB of the process at its peak. */
  memory(): Promise<number>;
  close(): void;
}

/** Nothing where there is no PyTorch. */
export function openTorch(): Torch | undefined {
  // Debian's package is for Debian's Python, which need not be the first one
  const python = ['python3', '/usr/bin/python3'].find(
    (each) => spawnSync(each, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
  if (python === undefined) return undefined;
  const child: ChildProcess = spawn(python, ['test/bench/torch-reference.py'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      ...process.env,
      MALLOC_MMAP_MAX_: '0',
      MALLOC_TRIM_THRESHOLD_: '100000000000',
      MALLOC_TOP_PAD_: '200000000',
    },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const ask = async (question: object): Promise<{ ms: number; mib: number }> => {
    child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error('PyTorch ended before it answered');
    return JSON.parse(value as string) as { ms: number; mib: number };
  };
  return {
    load: async (networks, batch, threads) => void (await ask({ networks, batch, threads })),
    step: async (what, network) => (await ask({ do: what, network })).ms,
    memory: async () => (await ask({ do: 'memory' })).mib,
    close: () => child.stdin!.end(),
  };
}
