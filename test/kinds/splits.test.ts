import { kinds } from '../../src/kinds/index.ts';
import { kindContract } from '../contract/kind.ts';
import { split } from './samples.ts';

for (const kind of [kinds['train-split'], kinds['validation-split'], kinds['test-split']]) {
  kindContract(
    kind,
    split,
    [
      { name: 'name', value: { ...split, info: { ...split.info, name: 'other' } }, changes: ['name'] },
      { name: 'a pixel', value: { ...split, images: split.images.with(3, 9) }, changes: ['images'] },
      { name: 'a label', value: { ...split, labels: split.labels.with(0, 1) }, changes: ['labels'] },
      {
        name: 'fewer images',
        value: {
          info: { ...split.info, count: 3 },
          images: split.images.slice(0, 36),
          labels: split.labels.slice(0, 3),
        },
        changes: ['count'],
      },
    ],
    [
      ['labels.u8: value 3 at 1, but there are 3 classes', { ...split, labels: split.labels.with(1, 3) }],
      [
        'images.u8: 47 bytes instead of 48 as info.json has it',
        { ...split, images: split.images.subarray(1) },
      ],
      [
        'labels.u8: 3 labels instead of 4 as info.json has it',
        { ...split, labels: split.labels.subarray(1) },
      ],
      [
        'info.json: mean and deviation are not of 2 channels',
        { ...split, info: { ...split.info, mean: [0.5] } },
      ],
      ['info.json: a deviation is not positive', { ...split, info: { ...split.info, deviation: [0, 1] } }],
      ['info.json: count must be >= 1', { ...split, info: { ...split.info, count: 0 } }],
      ['info.json: the value has an unknown member "more"', { ...split, info: { ...split.info, more: 1 } }],
    ],
  );
}
