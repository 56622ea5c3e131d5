import { expect, test } from 'vitest';
import { latencyCost, ofaMobilenetV3Space, profileItems, publishedKeys } from '../../src/nas/index.ts';
import type { LatencyTable } from '../../src/stage/index.ts';
import { failureOf, runStage } from './harness.ts';
import { digests, space, spaceDigest } from './tiny.ts';

const file = 'tables/phone.yaml';
const keys = [
  ...new Set(
    profileItems(space).flatMap((item) => {
      const found = publishedKeys(item, 'ofa');
      if (!found.ok) throw new Error(found.failures[0]!.message);
      return found.value;
    }),
  ),
].sort();
const yaml = keys.map((key, i) => `${key}: {count: 4, mean: ${1 + i}, var: 0.25}\n`);
const setup = (lines: readonly string[], format = 'ofa') => ({
  params: { table: file, format, device: 'a phone' },
  inputs: { space },
  inputDigests: digests,
  files: { [file]: lines.join('') },
});

test('each layer shape of the space takes what the published table says', async () => {
  const { outputs, summary } = await runStage('latency-import', setup(yaml));
  const table = outputs!.table as LatencyTable;
  expect(table.device.name).toBe('a phone');
  expect(table.entries.map(({ key }) => key)).toEqual(profileItems(space).map(({ key }) => key));
  for (const [at, item] of profileItems(space).entries()) {
    const found = publishedKeys(item, 'ofa');
    const parts = found.ok ? found.value : [];
    const entry = table.entries[at]!;
    expect(entry.median).toBeCloseTo(
      parts.reduce((sum, key) => sum + 1 + keys.indexOf(key), 0),
      9,
    );
    expect(entry.margin).toBeCloseTo(1.96 * Math.sqrt((0.25 / 4) * parts.length), 9);
    expect(entry.samples).toBe(4);
  }
  expect(latencyCost(space, spaceDigest, table).ok).toBe(true);
  expect(summary).toEqual({ shapes: table.entries.length, device: 'a phone' });
});

test('every layer that the table lacks is named, and nothing is guessed', async () => {
  const { code, message } = await failureOf('latency-import', setup(yaml.slice(2)));
  expect(code).toBe('missing-latency');
  expect(message).toBe(
    `${file} is not of this space: it lacks 2 of its layers:\n${keys.slice(0, 2).join('\n')}`,
  );
});

test.each<[string, string, RegExp]>([
  ['no YAML', 'a: {b', /^tables\/phone\.yaml: /],
  ['a list', '- 1', /expected a map from the names of layers to their times$/],
  ['no time', `${keys[0]}: {count: 3}`, /has no mean in milliseconds$/],
  ['a time below zero', `${keys[0]}: {mean: -1}`, /has no mean in milliseconds$/],
])('%s is malformed', async (_, text, message) => {
  expect(await failureOf('latency-import', setup([text]))).toMatchObject({
    code: 'malformed-table',
    message: expect.stringMatching(message),
  });
});

test('several files are read as one: a layer that two have takes their mean', async () => {
  const other = 'tables/other-side.yaml';
  const half = Math.floor(keys.length / 2);
  const again = `${keys[0]}: {count: 12, mean: 5, var: 0.75}\n`;
  const { params, files, ...rest } = setup(yaml.slice(0, half));
  const both = {
    ...rest,
    params: { ...params, others: [other] },
    files: { ...files, [other]: [again, ...yaml.slice(half)].join('') },
  };
  const { outputs } = await runStage('latency-import', both);
  const [one, all] = [
    (outputs!.table as LatencyTable).entries,
    ((await runStage('latency-import', setup(yaml))).outputs!.table as LatencyTable).entries,
  ];
  const of = (item: (typeof items)[number]) => {
    const found = publishedKeys(item, 'ofa');
    return found.ok ? found.value : [];
  };
  const items = profileItems(space);
  for (const [at, item] of items.entries()) {
    const shared = of(item).filter((key) => key === keys[0]).length;
    expect(one[at]!.median).toBeCloseTo(all[at]!.median + shared * ((1 + 5) / 2 - 1), 9);
  }
  expect(items.some((item) => of(item).includes(keys[0]!))).toBe(true);
  const { message } = await failureOf('latency-import', {
    ...both,
    files: { ...files, [other]: yaml.slice(half + 1).join('') },
  });
  expect(message).toBe(`${file}, ${other} together lack 1 of its layers:\n${keys[half]}`);
});

test('a space that chooses among sides of the image has the layers of a file for each', () => {
  const keysOf = (sides: readonly number[]) => {
    const ofa = ofaMobilenetV3Space({
      width: 1.2,
      sides,
      input: { h: sides.at(-1)!, w: sides.at(-1)!, c: 3 },
    });
    return profileItems(ofa).flatMap((item) => {
      const found = publishedKeys(item, 'ofa');
      if (!found.ok) throw new Error(found.failures[0]!.message);
      return found.value;
    });
  };
  expect(new Set(keysOf([160, 192]))).toEqual(new Set([...keysOf([160]), ...keysOf([192])]));
});
