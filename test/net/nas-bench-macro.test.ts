import { expect, test } from 'vitest';
import { countNetwork } from '../../src/net/index.ts';
import { macroNetwork, macroTable } from './nas-bench-macro.ts';

const table = macroTable();

test.skipIf(table === undefined)('all 6,561 rows of NAS-Bench-Macro (needs ../shared/data)', () => {
  const wrong: string[] = [];
  for (const [code, { params, flops }] of table!) {
    const counted = countNetwork(macroNetwork(code));
    if (counted.params !== params || counted.macs !== flops) {
      wrong.push(`${code}: ${counted.params} params, ${counted.macs} MACs; published ${params}, ${flops}`);
    }
  }
  expect(table!.size).toBe(6561);
  expect(wrong).toEqual([]);
});
