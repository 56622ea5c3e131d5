import type { Result } from '../base/result.ts';
import type { Split } from '../stage/artifacts.ts';
import { change, jsonChanges } from './changes.ts';
import type { ArtifactKind } from './kind.ts';
import { schemaFailure } from './schema.ts';
import { amount, counted, figure, table } from './text.ts';
import { expectFiles, jsonFile, jsonOf } from './tree.ts';
import { inconsistent, indicesFailure, invalid, membersOf, settle } from './value.ts';

/**
 * `info.json`, `images.u8` ([count, height, width, channels], 0…255) and `labels.u8` ([count], class indices), the
 * arrays raw. Three kinds of one form, so that a search cannot be wired to test images.
 */
const splitKind = (
  kind: 'train-split' | 'validation-split' | 'test-split',
  description: string,
): ArtifactKind<Split> => ({
  kind,
  version: 1,
  description,

  check,

  save: ({ info, images, labels }) =>
    new Map([
      ['images.u8', images],
      ['info.json', jsonFile(info)],
      ['labels.u8', labels],
    ]),

  load(tree) {
    const files = expectFiles(tree, ['images.u8', 'info.json', 'labels.u8']);
    if (!files.ok) return files;
    const info = jsonOf(tree, 'info.json');
    if (!info.ok) return info;
    return check({ info: info.value, images: tree.get('images.u8'), labels: tree.get('labels.u8') });
  },

  describe: ({ info }) => ({
    images: info.count,
    classes: info.classes.length,
    size: `${info.height}x${info.width}x${info.channels}`,
  }),

  render({ info, labels }) {
    const counts = classCounts(labels, info.classes.length);
    return [
      `${info.name}: ${amount(info.count)} images of ${info.height}x${info.width} pixels, ${counted(info.channels, 'channel')}`,
      `mean ${info.mean.map(figure).join(' ')}, deviation ${info.deviation.map(figure).join(' ')} of pixels in 0…1`,
      '',
      table([['class', 'images'], ...info.classes.map((name, c) => [name, amount(counts[c]!)])]),
    ].join('\n');
  },

  diff(a, b) {
    const changes = jsonChanges(a.info, b.info);
    const sizeOf = ({ info }: Split): number => info.height * info.width * info.channels;
    if (a.info.count !== b.info.count || sizeOf(a) !== sizeOf(b)) return changes;
    const pixels = sizeOf(a);
    let images = 0;
    let labels = 0;
    for (let i = 0; i < a.info.count; i++) {
      const [from, to] = [i * pixels, (i + 1) * pixels];
      if (Buffer.compare(a.images.subarray(from, to), b.images.subarray(from, to)) !== 0) images++;
      if (a.labels[i] !== b.labels[i]) labels++;
    }
    const note = `of ${amount(a.info.count)}, place by place`;
    return [...changes, ...change('images', 0, images, { note }), ...change('labels', 0, labels, { note })];
  },
});

function check(value: unknown): Result<Split> {
  const { info, images, labels } = membersOf(value);
  const failure = schemaFailure('split', info, 'info.json');
  if (failure) return settle(value, [failure]);
  if (!(images instanceof Uint8Array)) return settle(value, [invalid('images.u8: expected bytes')]);
  if (!(labels instanceof Uint8Array)) return settle(value, [invalid('labels.u8: expected bytes')]);
  return settle(value, [...splitFailures({ info, images, labels } as Split)]);
}

function* splitFailures({ info, images, labels }: Split) {
  const { count, height, width, channels, classes, mean, deviation } = info;
  const expected = count * height * width * channels;
  if (images.length !== expected) {
    yield inconsistent(`images.u8: ${images.length} bytes instead of ${expected} as info.json has it`);
  }
  if (labels.length !== count) {
    yield inconsistent(`labels.u8: ${labels.length} labels instead of ${count} as info.json has it`);
  }
  if (mean.length !== channels || deviation.length !== channels) {
    yield inconsistent(`info.json: mean and deviation are not of ${channels} channels`);
  }
  if (deviation.some((value) => value <= 0)) yield inconsistent('info.json: a deviation is not positive');
  const stray = indicesFailure(labels, classes.length, 'labels.u8');
  if (stray) yield stray;
}

function classCounts(labels: Uint8Array, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]!++;
  return counts;
}

export const trainSplit = splitKind('train-split', 'Images to learn from, with their labels.');
export const validationSplit = splitKind('validation-split', 'Images to choose by, with their labels.');
export const testSplit = splitKind('test-split', 'Images for the one final evaluation, with their labels.');
