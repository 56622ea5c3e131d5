import { test } from 'vitest';
import { openTfBackend } from '../../src/tf/index.ts';
import { backendContract, openOracle } from '../contract/backend.ts';
import { nativeInstalled } from './installed.ts';

// The oracle's own truth is in oracle.test.ts.
backendContract('tfjs-cpu', openOracle, { isOracle: true });

if (nativeInstalled) {
  backendContract('tfjs-node', async () => {
    const opened = await openTfBackend({ runtime: 'auto' });
    if (!opened.ok) throw new Error(opened.failures[0]!.message);
    return opened.value;
  });
} else test.skip('tfjs-node: neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed');
