import { existsSync, readFileSync } from 'node:fs';
import type { Network } from '../../src/net/index.ts';
import { convBnAct, mbconv, NetworkBuilder } from '../../src/net/index.ts';

/** One trained network of NAS-Bench-Macro: mean CIFAR-10 test accuracy in percent, and its counts. */
export interface MacroRow {
  readonly mean_acc: number;
  readonly params: number;
  readonly flops: number;
}

const FILE = 'data/nas-bench-macro/nas-bench-macro_cifar10.json';

/** The table by code of eight digits, where the shared data lie beside the repository; else nothing. */
export function macroTable(): ReadonlyMap<string, MacroRow> | undefined {
  const found = ['../../../shared/', '../../../../shared/']
    .map((up) => new URL(`${up}${FILE}`, import.meta.url))
    .find((url) => existsSync(url));
  if (found === undefined) return undefined;
  return new Map(Object.entries(JSON.parse(readFileSync(found, 'utf8')) as { [code: string]: MacroRow }));
}

const STACKS = [
  { layers: 2, channels: 64 },
  { layers: 3, channels: 128 },
  { layers: 3, channels: 256 },
];

const CANDIDATES = { '1': { kernel: 3, expansion: 3 }, '2': { kernel: 5, expansion: 6 } } as const;

/** Su et al. 2021: 0 identity, 1 MBConv k3 e3, 2 MBConv k5 e6, in stacks of 2, 3, 3 layers. */
export function macroNetwork(code: string): Network {
  const batchNorm = { decay: 0.9, epsilon: 1e-5 };
  const activation = 'relu6';
  const builder = new NetworkBuilder({ h: 32, w: 32, c: 3 });
  let x = convBnAct(builder, 'stem', builder.input, { filters: 32, kernel: 3, activation, batchNorm });
  let at = 0;
  for (const { layers, channels } of STACKS) {
    for (let layer = 0; layer < layers; layer++) {
      const op = code[at] as '0' | '1' | '2';
      const id = `l${at}`;
      const stride = layer === 0 ? 2 : 1;
      at += 1;
      if (op === '0') {
        if (layer === 0) x = convBnAct(builder, id, x, { filters: channels, kernel: 1, stride, batchNorm });
        continue;
      }
      const { kernel, expansion } = CANDIDATES[op];
      const expanded = x.shape.c * expansion;
      x = mbconv(builder, id, x, { expanded, output: channels, kernel, stride, activation, batchNorm });
    }
  }
  x = convBnAct(builder, 'head', x, { filters: 1280, kernel: 1, activation, batchNorm });
  return builder.finish(builder.dense('classifier', builder.globalPool('pool', x), { units: 10 }));
}
