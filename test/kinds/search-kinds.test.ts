import { kinds } from '../../src/kinds/index.ts';
import { kindContract } from '../contract/kind.ts';
import { nudged } from './nudged.ts';
import { architecture, controller, correlation, space, trials } from './samples.ts';

kindContract(
  kinds['search-space'],
  space,
  [
    { name: 'name', value: { ...space, name: 'other' }, changes: ['name'] },
    {
      name: 'options of a block',
      value: { ...space, blocks: space.blocks.with(1, { ...space.blocks[1]!, kernel: [3] }) },
      changes: ['blocks.1.kernel'],
    },
  ],
  [
    ['space.json: classes must be >= 2', { ...space, classes: 1 }],
    ['two blocks are called b1', { ...space, blocks: space.blocks.with(1, space.blocks[0]!) }],
  ],
);

const choice = Object.keys(architecture.choices).find((block) => block.endsWith('.kernel'))!;

kindContract(
  kinds.architecture,
  architecture,
  [
    {
      name: 'a choice',
      value: { ...architecture, choices: { ...architecture.choices, [choice]: '9' } },
      changes: [choice],
    },
    {
      name: 'cost and accuracy',
      value: {
        ...architecture,
        costs: { ...architecture.costs, latency: 0.5 },
        accuracy: { ...architecture.accuracy!, value: 0.625, images: 80 },
      },
      changes: ['latency', 'accuracy', 'accuracy.images'],
    },
    {
      name: 'a figure',
      value: { ...architecture, log: { samples: 41, entropy: 3.5 } },
      changes: ['log.samples'],
    },
  ],
  [
    [
      'architecture.json: origin must be one of controller, evolution, gates, netadapt, random, published, user',
      { ...architecture, origin: 'luck' },
    ],
    [
      'architecture.json: accuracy.value must be <= 1',
      { ...architecture, accuracy: { ...architecture.accuracy, value: 2 } },
    ],
  ],
);

kindContract(
  kinds.controller,
  controller,
  [
    {
      name: 'entropy',
      value: { ...controller, info: { ...controller.info, entropy: 10 } },
      changes: ['entropy'],
    },
    {
      name: 'a probability',
      value: {
        ...controller,
        info: {
          ...controller.info,
          probabilities: { ...controller.info.probabilities, 'b1.block': [0.25, 0.75] },
        },
      },
      changes: ['probabilities'],
    },
    {
      name: 'a logit',
      value: { ...controller, weights: nudged(controller.weights, 'logits/b1.block', 1) },
      changes: ['weights'],
    },
  ],
  [
    [
      'info.json: the probabilities of b1.kernel add up to 1.25',
      { ...controller, info: { ...controller.info, probabilities: { 'b1.kernel': [0.5, 0.5, 0.25] } } },
    ],
  ],
);

kindContract(
  kinds.trials,
  trials,
  [
    { name: 'one less', value: trials.slice(0, 2), changes: ['trials'] },
    {
      name: 'the best',
      value: trials.with(1, { ...trials[1]!, reward: 0.8 }),
      changes: ['differing trials', 'best reward'],
    },
    { name: 'none', value: [], changes: ['trials', 'best accuracy', 'best reward', 'best encoding'] },
  ],
  [
    ['trials.jsonl, line 2: there is another trial 0', trials.with(1, trials[0]!)],
    ['trials.jsonl, line 3: cost must be >= 0', trials.with(2, { ...trials[2]!, cost: -1 })],
  ],
);

kindContract(
  kinds.correlation,
  correlation,
  [
    {
      name: 'the coefficient',
      value: { ...correlation, kendall: { value: 0.5, low: 0, high: 1 } },
      changes: ['kendall.value'],
    },
    {
      name: 'the coefficient of the size',
      value: {
        ...correlation,
        bySize: { ...correlation.bySize, spearman: { value: -0.5, low: -1, high: 0 } },
      },
      changes: ['bySize.spearman.value'],
    },
    {
      name: 'an architecture more',
      value: {
        ...correlation,
        pairs: [...correlation.pairs, { encoding: [0, 0, 0], cheap: 0.5, trained: 0.5, macs: 800 }],
      },
      changes: ['architectures', 'pairs that differ'],
    },
  ],
  [
    ['correlation.json: pairs must NOT have fewer than 2 items', { ...correlation, pairs: [] }],
    [
      'correlation.json: the interval of kendall ends before it begins',
      { ...correlation, kendall: { value: 0, low: 0.5, high: 0 } },
    ],
    [
      'correlation.json: the interval of bySize.kendall ends before it begins',
      {
        ...correlation,
        bySize: { ...correlation.bySize, kendall: { value: 0, low: 0.5, high: 0 } },
      },
    ],
  ],
);
