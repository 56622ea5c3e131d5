import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/base/canonical.ts';
import { asDigest, digestBytes, digester, digestValue, isDigest } from '../../src/base/digest.ts';

describe('canonicalJson', () => {
  it('follows the examples of RFC 8785', () => {
    expect(
      canonicalJson({
        numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27],
        string: '€$\u000f\nA\'B"\\\\"/',
        literals: [null, true, false],
      }),
    ).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('does not depend on the order of keys and keeps the value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses what JSON cannot hold', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
    expect(() => canonicalJson(Number.POSITIVE_INFINITY)).toThrow();
    expect(() => canonicalJson(undefined)).toThrow('internal error: expected a JSON value, got undefined');
  });
});

describe('digest', () => {
  it('is sha256', () => {
    expect(digestBytes('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    const stream = digester();
    stream.update(new TextEncoder().encode('a'));
    stream.update(new TextEncoder().encode('bc'));
    expect(stream.digest()).toBe(digestBytes('abc'));
  });

  it('keeps domains apart', () => {
    expect(digestValue('a', 1)).not.toBe(digestValue('b', 1));
  });

  it('brands only what has its form', () => {
    expect(isDigest('abc')).toBe(false);
    expect(asDigest(digestBytes(''))).toBe(digestBytes(''));
    expect(() => asDigest('../x')).toThrow('internal error: expected a sha256 digest, got "../x"');
  });
});
