import { kinds } from '../../src/kinds/index.ts';
import { kindContract } from '../contract/kind.ts';
import { latencyMeasurement, latencyTable } from './samples.ts';

kindContract(
  kinds['latency-table'],
  latencyTable,
  [
    {
      name: 'an entry',
      value: {
        ...latencyTable,
        entries: latencyTable.entries.with(1, { ...latencyTable.entries[1]!, median: 0.125 }),
      },
      changes: ['entries.dense 64 3'],
    },
    {
      name: 'an entry less',
      value: { ...latencyTable, entries: latencyTable.entries.slice(0, 1) },
      changes: ['entries.only in the first'],
    },
    {
      name: 'the device',
      value: { ...latencyTable, device: { ...latencyTable.device, threads: 2 } },
      changes: ['device.threads'],
    },
  ],
  [
    [
      'table.json: entries.1 (conv 28x28x1 k3) is not sorted behind dense 64 3',
      { ...latencyTable, entries: latencyTable.entries.toReversed() },
    ],
    ['table.json: unit must be "ms"', { ...latencyTable, unit: 's' }],
  ],
);

kindContract(
  kinds['latency-measurement'],
  latencyMeasurement,
  [{ name: 'median', value: { ...latencyMeasurement, median: 1.3 }, changes: ['latency'] }],
  [['latency.json: the median 2 does not lie in 1.125…1.5', { ...latencyMeasurement, median: 2 }]],
);
