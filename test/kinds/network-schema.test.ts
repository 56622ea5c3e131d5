import { expect, expectTypeOf, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { schemaFailure } from '../../src/kinds/schema.ts';
import { gatePath, randomEncoding } from '../../src/nas/index.ts';
import {
  checkNetwork,
  efficientnetB0,
  mnasnetA1,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3Large,
  type Network,
} from '../../src/net/index.ts';
import type { NetworkFile } from '../../src/schema/generated/artifacts/network.ts';
import { derivedCases } from '../contract/backend-derived-cases.ts';
import { layerCases } from '../contract/backend-layer-cases.ts';
import { space } from './samples.ts';

test('a network file is a network', () => {
  expectTypeOf<NetworkFile>().toExtend<Network>();
});

test.each([
  ['EfficientNet-B0', efficientnetB0()],
  ['MnasNet-A1', mnasnetA1()],
  ['MobileNet V1', mobilenetV1()],
  ['MobileNet V2', mobilenetV2()],
  ['MobileNet V3 large', mobilenetV3Large()],
])('the schema of networks holds %s', (_, network) => {
  expect(schemaFailure('network', network, 'network.json')).toBeUndefined();
});

test.each([...layerCases, ...derivedCases].map(({ name, path }): [string, Network] => [name, path]))(
  'the schema of networks holds layers of all kinds: %s',
  (_, network) => {
    expect(schemaFailure('network', network, 'network.json')).toBeUndefined();
    expect(checkNetwork(network).ok).toBe(true);
  },
);

test('the schema of networks holds a path with gates', () => {
  const encoding = randomEncoding(space, createRng(1));
  const { network } = gatePath(space, encoding);
  expect(network.layers.some(({ op }) => op === 'mix')).toBe(true);
  expect(schemaFailure('network', network, 'network.json')).toBeUndefined();
});
