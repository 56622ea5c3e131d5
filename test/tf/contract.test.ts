import { backendContract, openOracle } from '../contract/backend.ts';

// The oracle's own truth is in oracle.test.ts.
backendContract('tfjs-cpu', openOracle, { isOracle: true });
