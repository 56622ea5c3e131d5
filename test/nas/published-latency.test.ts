import { describe, expect, test } from 'vitest';
import { ofaMobilenetV3Space, profileItems, publishedKeys } from '../../src/nas/index.ts';
import { proxylessSpace } from '../../src/nas/space/proxyless.ts';
import { mainSpace } from './spaces.ts';

const keysOf = (...[item, format]: Parameters<typeof publishedKeys>): string[] => {
  const keys = publishedKeys(item, format);
  if (!keys.ok) throw new Error(keys.failures[0]!.message);
  return keys.value;
};

describe('keys of published latency tables', () => {
  test('ProxylessNAS: expansion as a ratio, pooling in the logits', () => {
    const keys = new Set(profileItems(proxylessSpace({})).flatMap((item) => keysOf(item, 'proxylessnas')));
    for (const key of [
      'Conv-input:224x224x3-output:112x112x32',
      'Conv_1-input:7x7x320-output:7x7x1280',
      'Logits-input:7x7x1280-output:1000',
      'expanded_conv-input:112x112x32-output:112x112x16-expand:1-kernel:3-stride:1-idskip:0',
      'expanded_conv-input:14x14x80-output:14x14x80-expand:6-kernel:7-stride:1-idskip:1',
      'expanded_conv-input:14x14x96-output:7x7x192-expand:3-kernel:5-stride:2-idskip:0',
    ]) {
      expect(keys).toContain(key);
    }
  });

  test('Once-for-All: expansion as channels, squeeze-and-excitation and h-swish told, pooling of its own', () => {
    const items = profileItems(ofaMobilenetV3Space({}));
    const keys = new Set(items.flatMap((item) => keysOf(item, 'ofa')));
    for (const start of ['Conv-', 'Conv_1-', 'AvgPool2D-', 'Conv_2-', 'Logits-']) {
      expect([...keys].filter((key) => key.startsWith(start))).toHaveLength(1);
    }
    const inner = [...keys].filter((key) => /^expanded_conv-input:28x28x40-output:28x28x40-/.test(key));
    expect(inner).toHaveLength(9);
    expect(inner).toContain(
      'expanded_conv-input:28x28x40-output:28x28x40-expand:160-kernel:7-stride:1-idskip:1-se:1-hs:0',
    );
  });

  test('as many as the published files have: 72 of the script’s default widths, 96 of width 1.2 at each resolution', () => {
    const filters = [32, 16, 24, 40, 80, 96, 192, 320, 1280];
    const searched = proxylessSpace({ filters, firstKernels: [3, 5, 7] });
    const proxyless = new Set(profileItems(searched).flatMap((item) => keysOf(item, 'proxylessnas')));
    expect(proxyless.size).toBe(72);
    // mobile_trim.yaml lacks what proxyless_mobile itself is made of: a stack of 32 channels
    const found = profileItems(proxylessSpace()).flatMap((item) => keysOf(item, 'proxylessnas'));
    const lacking = new Set(found.filter((key) => !proxyless.has(key)));
    expect(lacking.size).toBe(18);
    expect([...lacking].every((key) => key.includes('56x56x32'))).toBe(true);
    for (const side of [160, 176, 192, 208, 224]) {
      const space = ofaMobilenetV3Space({ width: 1.2, input: { h: side, w: side, c: 3 } });
      const keys = new Set(profileItems(space).flatMap((item) => keysOf(item, 'ofa')));
      expect(keys.size).toBe(96);
      expect(keys).toContain('Conv_2-input:1x1x1152-output:1x1x1536');
      const last = Math.ceil(side / 32);
      expect(keys).toContain(`AvgPool2D-input:${last}x${last}x1152-output:1x1x1152`);
    }
  });

  test('pieces that the keys of ProxylessNAS cannot tell apart have none', () => {
    const excited = profileItems(mainSpace).find(({ key }) => / se\d/.test(key))!;
    expect(publishedKeys(excited, 'proxylessnas')).toEqual({
      ok: false,
      failures: [{ code: 'unknown-piece', message: `a proxylessnas table has no key for ${excited.key}` }],
    });
  });
});
