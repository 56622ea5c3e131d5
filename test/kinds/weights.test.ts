import { kinds } from '../../src/kinds/index.ts';
import { kindContract } from '../contract/kind.ts';
import { nudged, without } from './nudged.ts';
import { evaluation, model, supernet } from './samples.ts';

const someWeight = [...supernet.weights.keys()][0]!;
const weightName = model.network.weights[0]!.name;
const activation = model.network.layers.find(({ op }) => op === 'activation')!.id;

kindContract(
  kinds.supernet,
  supernet,
  [
    { name: 'steps', value: { ...supernet, info: { ...supernet.info, steps: 121 } }, changes: ['steps'] },
    {
      name: 'a weight',
      value: { ...supernet, weights: nudged(supernet.weights, someWeight, 1) },
      changes: ['weights'],
    },
    {
      name: 'a tensor less',
      value: { ...supernet, weights: without(supernet.weights, someWeight) },
      changes: ['weights'],
    },
  ],
  [
    ['info.json: the value lacks the member "space"', { ...supernet, info: { steps: 0, phases: [] } }],
    ['weights.safetensors: expected a Map of tensors', { ...supernet, weights: {} }],
    [
      'weights.safetensors: x has shape [2] but 3 values',
      { ...supernet, weights: new Map([['x', { shape: [2], data: new Float32Array(3) }]]) },
    ],
  ],
);

kindContract(
  kinds.model,
  model,
  [
    {
      name: 'preprocessing',
      value: { ...model, info: { ...model.info, mean: [0.5] } },
      changes: ['mean'],
    },
    {
      name: 'a weight',
      value: { ...model, weights: nudged(model.weights, weightName, 1) },
      changes: ['weights'],
    },
    {
      name: 'an activation',
      value: {
        ...model,
        network: {
          ...model.network,
          layers: model.network.layers.map((layer) =>
            layer.op === 'activation' && layer.id === activation ? { ...layer, fn: 'tanh' } : layer,
          ),
        },
      },
      changes: [`layer ${activation}.fn`],
    },
  ],
  [
    [
      `weights.safetensors: ${weightName} is missing`,
      { ...model, weights: without(model.weights, weightName) },
    ],
    [
      'weights.safetensors: stray is no weight of the network',
      {
        ...model,
        weights: new Map([...model.weights, ['stray', { shape: [1], data: new Float32Array(1) }]]),
      },
    ],
    [
      'network.json: 3 logits for 2 classes',
      { ...model, info: { ...model.info, classes: ['left', 'right'] } },
    ],
    [
      'network.json: the output is nowhere, which no layer produces',
      { ...model, network: { ...model.network, output: 'nowhere' } },
    ],
    [
      'network.json: the input has another shape than in info.json',
      { ...model, info: { ...model.info, input: { h: 27, w: 28, c: 1 } } },
    ],
  ],
);

kindContract(
  kinds.evaluation,
  evaluation,
  [
    {
      name: 'a metric',
      value: { ...evaluation, metrics: { ...evaluation.metrics, negativeLogLikelihood: 0.5 } },
      changes: ['negativeLogLikelihood'],
    },
    {
      name: 'a prediction',
      value: { ...evaluation, probabilities: evaluation.probabilities.with(3, 0.75) },
      changes: ['predictions'],
    },
    {
      name: 'a probability',
      value: { ...evaluation, probabilities: evaluation.probabilities.with(0, 0.75) },
      changes: ['probabilities'],
    },
  ],
  [
    ['labels.u8: 3 labels for 4 images', { ...evaluation, labels: evaluation.labels.subarray(1) }],
    [
      'probabilities.safetensors: 11 values for 4 x 3',
      { ...evaluation, probabilities: evaluation.probabilities.subarray(1) },
    ],
    [
      'metrics.json: the confusion matrix is not 3 x 3',
      { ...evaluation, metrics: { ...evaluation.metrics, confusion: [[4]] } },
    ],
    [
      'metrics.json: the confusion matrix counts 5 of 4 images',
      {
        ...evaluation,
        metrics: { ...evaluation.metrics, confusion: evaluation.metrics.confusion.with(1, [1, 1, 0]) },
      },
    ],
    [
      'metrics.json: accuracy 0.5, but 3 of 4 on the diagonal',
      {
        ...evaluation,
        metrics: { ...evaluation.metrics, accuracy: { ...evaluation.metrics.accuracy, value: 0.5 } },
      },
    ],
  ],
);
