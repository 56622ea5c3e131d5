import { backendContract, openOracle } from '../contract/backend.ts';

// Agreement with itself shows that calls do not disturb one another; the oracle's own truth is in oracle.test.ts.
backendContract('tfjs-cpu', openOracle);
