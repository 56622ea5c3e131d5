import type { Failure } from '../base/result.ts';
import { writeSafetensors } from '../net/safetensors.ts';
import type { EvaluatedModel, Evaluation } from '../stage/artifacts.ts';
import { costFields } from './architecture.ts';
import { change, figureChanges } from './changes.ts';
import type { ArtifactKind, Change } from './kind.ts';
import { pairedMargin, predicted, sameImages } from './paired.ts';
import { schemaFailure } from './schema.ts';
import { accuracyText, amount, costsText, percent, table } from './text.ts';
import { expectFiles, jsonFile, jsonOf, tensorsOf } from './tree.ts';
import { inconsistent, indicesFailure, invalid, membersOf, settle } from './value.ts';

const FILES = ['labels.u8', 'metrics.json', 'probabilities.safetensors'] as const;

/**
 * `metrics.json`, `probabilities.safetensors` (one tensor `probabilities`, [images, classes]) and `labels.u8`
 * ([images], true class indices).
 */
export const evaluation: ArtifactKind<EvaluatedModel> = {
  kind: 'evaluation',
  version: 1,
  description: 'How a model does on a split, and what it said of each image.',

  check(value) {
    const { metrics, probabilities, labels } = membersOf(value);
    const failure = schemaFailure('evaluation', metrics, 'metrics.json');
    if (failure) return settle(value, [failure]);
    if (!(probabilities instanceof Float32Array)) {
      return settle(value, [invalid('probabilities.safetensors: expected 32-bit floats')]);
    }
    if (!(labels instanceof Uint8Array)) return settle(value, [invalid('labels.u8: expected bytes')]);
    return settle(value, [...failures({ metrics: metrics as Evaluation, probabilities, labels })]);
  },

  save({ metrics, probabilities, labels }) {
    const tensor = { shape: [labels.length, metrics.classes.length], data: probabilities };
    return new Map<string, Uint8Array>([
      ['labels.u8', labels],
      ['metrics.json', jsonFile(metrics)],
      ['probabilities.safetensors', writeSafetensors(new Map([['probabilities', tensor]]))],
    ]);
  },

  load(tree) {
    const files = expectFiles(tree, FILES);
    if (!files.ok) return files;
    const metrics = jsonOf(tree, 'metrics.json');
    if (!metrics.ok) return metrics;
    const tensors = tensorsOf(tree, 'probabilities.safetensors');
    if (!tensors.ok) return tensors;
    const tensor = tensors.value.get('probabilities');
    const labels = tree.get('labels.u8')!;
    if (tensor === undefined || tensors.value.size !== 1 || tensor.shape[0] !== labels.length) {
      return settle(undefined, [
        inconsistent(
          'probabilities.safetensors: expected one tensor "probabilities" with a row for each label',
        ),
      ]);
    }
    return evaluation.check({ metrics: metrics.value, probabilities: tensor.data, labels });
  },

  describe: ({ metrics }) => ({
    [`${metrics.accuracy.split} accuracy`]: metrics.accuracy.value,
    margin: `± ${(100 * metrics.margin).toFixed(1)} %`,
    top5: metrics.top5,
    params: metrics.costs.params,
    macs: metrics.costs.macs,
  }),

  render({ metrics }) {
    const {
      accuracy,
      start,
      margin,
      top5,
      negativeLogLikelihood,
      classes,
      macro,
      weighted,
      confusion,
      costs,
    } = metrics;
    const short = classes.map(({ class: name }) => name.slice(0, 7));
    return [
      `${accuracyText(accuracy)}, ± ${(100 * margin).toFixed(1)} %${start === undefined ? '' : `; trained from ${start} weights`}`,
      `top-5 ${percent(top5)} · negative log-likelihood ${negativeLogLikelihood.toFixed(3)} nats`,
      costsText(costs),
      '',
      table([
        ['class', 'images', 'precision', 'recall', 'F1'],
        ...classes.map((each) => [each.class, amount(each.support), ...rates(each)]),
        ['mean over classes', '', ...rates(macro)],
        ['weighted by images', '', ...rates(weighted)],
      ]),
      '',
      table([
        ['true \\ predicted', ...short],
        ...confusion.map((row, c) => [classes[c]!.class, ...row.map((n) => (n === 0 ? '·' : String(n)))]),
      ]),
    ].join('\n');
  },

  diff: (a, b) => [
    ...accuracyChanges(a, b),
    ...figureChanges(a.metrics, b.metrics, [
      ['top5', 'share'],
      ['negativeLogLikelihood', 'nats'],
      ['margin', 'share'],
    ]),
    ...figureChanges(a.metrics.macro, b.metrics.macro, averages, 'macro.'),
    ...figureChanges(a.metrics.weighted, b.metrics.weighted, averages, 'weighted.'),
    ...classChanges(a.metrics, b.metrics),
    ...figureChanges(a.metrics.costs, b.metrics.costs, costFields),
    ...predictionChanges(a, b),
  ],
};

const averages = [
  ['precision', 'share'],
  ['recall', 'share'],
  ['f1', 'share'],
] as const;

const rates = (of: { readonly precision: number; readonly recall: number; readonly f1: number }): string[] =>
  [of.precision, of.recall, of.f1].map(percent);

function* failures({ metrics, probabilities, labels }: EvaluatedModel): Iterable<Failure> {
  const classes = metrics.classes.length;
  const { images, value } = metrics.accuracy;
  if (labels.length !== images) {
    yield inconsistent(`labels.u8: ${labels.length} labels for ${images} images`);
    return;
  }
  if (probabilities.length !== images * classes) {
    yield inconsistent(
      `probabilities.safetensors: ${probabilities.length} values for ${images} x ${classes}`,
    );
  }
  const stray = indicesFailure(labels, classes, 'labels.u8');
  if (stray) yield stray;
  const { confusion } = metrics;
  if (confusion.length !== classes || confusion.some((row) => row.length !== classes)) {
    yield inconsistent(`metrics.json: the confusion matrix is not ${classes} x ${classes}`);
    return;
  }
  const total = confusion.flat().reduce((sum, n) => sum + n, 0);
  if (total !== images)
    yield inconsistent(`metrics.json: the confusion matrix counts ${total} of ${images} images`);
  const correct = confusion.reduce((sum, row, c) => sum + row[c]!, 0);
  if (Math.abs(correct / images - value) > 1e-9) {
    yield inconsistent(`metrics.json: accuracy ${value}, but ${correct} of ${images} on the diagonal`);
  }
}

/** The accuracy with whether its change is larger than the 95 % margin of a difference allows. */
function accuracyChanges(first: EvaluatedModel, second: EvaluatedModel): Change[] {
  const [a, b] = [first.metrics, second.metrics];
  const paired = pairedMargin(first, second);
  const noise = paired ?? Math.hypot(a.margin, b.margin);
  const delta = Math.abs(b.accuracy.value - a.accuracy.value);
  const margin = `± ${(100 * noise).toFixed(1)} %${paired === undefined ? '' : ' on the same images'}`;
  const note = delta <= noise ? `within noise (${margin})` : `beyond noise (${margin})`;
  return [
    ...change(`${b.accuracy.split} accuracy`, a.accuracy.value, b.accuracy.value, { unit: 'share', note }),
    ...change('accuracy.provenance', a.accuracy.provenance, b.accuracy.provenance),
    ...change('start', a.start, b.start),
    ...change('accuracy.split', a.accuracy.split, b.accuracy.split),
    ...change('accuracy.images', a.accuracy.images, b.accuracy.images),
  ];
}

function classChanges(a: Evaluation, b: Evaluation): Change[] {
  const names = [...new Set([...a.classes, ...b.classes].map((each) => each.class))];
  const find = (of: Evaluation, name: string) => of.classes.find((each) => each.class === name);
  return names.flatMap((name) => [
    ...change(`${name} F1`, find(a, name)?.f1, find(b, name)?.f1, { unit: 'share' }),
    ...change(`${name} images`, find(a, name)?.support, find(b, name)?.support),
  ]);
}

/** Images that the two models call by different classes, where both looked at the same ones. */
function predictionChanges(a: EvaluatedModel, b: EvaluatedModel): Change[] {
  const classes = a.metrics.classes.length;
  const images = a.labels.length;
  if (b.labels.length !== images || b.metrics.classes.length !== classes) return [];
  if (!sameImages(a, b)) return [{ what: 'labels', note: 'the two were asked of different images' }];
  const differing = a.labels.reduce(
    (sum, _, i) =>
      sum + (predicted(a.probabilities, i, classes) === predicted(b.probabilities, i, classes) ? 0 : 1),
    0,
  );
  if (differing > 0)
    return change('predictions', 0, differing, { note: `of ${amount(images)} images differ` });
  const same = a.probabilities.every((value, i) => Object.is(value, b.probabilities[i]));
  return same ? [] : [{ what: 'probabilities', note: 'every prediction is the same class' }];
}
