import { describe, expect, test } from 'vitest';
import {
  cellNodes,
  choiceBlocks,
  enasMacroChannelsSpace,
  enasMacroFound,
  enasMicroFound,
  looseEnds,
  macroLayers,
  nasBenchMacroSpace,
  ofaMobilenetV3Space,
  specify,
  trialFront,
} from '../../src/nas/index.ts';
import { blockChoices, blockText, blockTexts } from '../../src/report/blocks.ts';
import { architecturePicture } from '../../src/report/html/architecture/index.ts';
import { confusionPicture } from '../../src/report/html/confusion.ts';
import { correlationPicture } from '../../src/report/html/correlation.ts';
import { curvePicture } from '../../src/report/html/curve.ts';
import { latencyPicture } from '../../src/report/html/latency.ts';
import { escapeText, plane, ticks, tickTexts } from '../../src/report/html/markup.ts';
import { networksTable } from '../../src/report/html/networks.ts';
import { trialsPicture } from '../../src/report/html/scatter.ts';
import type { NetworkGroup } from '../../src/report/networks.ts';
import type { Trial } from '../../src/schema/generated/artifacts/trials.ts';
import { encodings, space } from './fixture.ts';

const trial = (index: number, cost: number, value: number): Trial => ({
  index,
  encoding: [index],
  origin: 'controller',
  accuracy: { value, provenance: 'inherited', split: 'validation', images: 1000 },
  costs: { params: 1, macs: cost },
  cost,
  phase: index < 2 ? 'search' : 'derive <b>',
});

test('text cannot become markup', () => {
  expect(escapeText(`<a href="x">&'`)).toBe('&#60;a href=&#34;x&#34;&#62;&#38;&#39;');
});

test('networks stand beside each other in columns, and in rows where there are more of them than figures', () => {
  const group = (at: number): NetworkGroup => ({
    label: `limit=${at},side=<b>`,
    networks: 1,
    weights: 'trained',
    figures: ['test accuracy', 'MACs'].map((name) => ({
      name,
      unit: 'count',
      values: [at],
      mean: at,
      variance: 0,
      main: true,
    })),
  });
  const titles = (count: number) => {
    const html = networksTable(Array.from({ length: count }, (_, at) => group(at)));
    expect(html).not.toContain('<b>');
    return html.match(/<thead>(.*?)<\/thead>/)![1]!.match(/<th>/g)!.length;
  };
  expect(titles(2)).toBe(1 + 2);
  expect(titles(5)).toBe(1 + 2);
  expect(networksTable([group(0)])).toBe('');
});

describe('a plane', () => {
  test('has ticks at round values', () => {
    expect(ticks(0, 10)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(ticks(0.13, 0.41)).toEqual([0.2, 0.30000000000000004, 0.4]);
    expect(ticks(3, 3)).toEqual([3]);
  });

  test('tells neighbouring ticks apart, large values in thousands or millions', () => {
    expect(tickTexts([2.296, 2.298, 2.3], 'number')).toEqual(['2.296', '2.298', '2.300']);
    expect(tickTexts([1_050_000, 1_100_000], 'number')).toEqual(['1.05 M', '1.10 M']);
    expect(tickTexts([20_000, 40_000], 'number')).toEqual(['20 k', '40 k']);
    expect(tickTexts([0, 5, 10], 'number')).toEqual(['0', '5', '10']);
    expect(tickTexts([-0.1, -1e-17, 0.1], 'number')).toEqual(['-0.1', '0.0', '0.1']);
    expect(tickTexts([0.105, 0.11], 'share')).toEqual(['10.5 %', '11.0 %']);
    expect(tickTexts([3], 'number')).toEqual(['3']);
  });

  test('puts larger values right and up, inside the picture, also where all are equal', () => {
    const axis = { label: 'a', scale: 'number' as const };
    const { x, y, width, height } = plane({ ...axis, low: 1, high: 2 }, { ...axis, low: 5, high: 5 });
    expect(x(1)).toBeLessThan(x(2));
    for (const at of [x(1), x(2)]) expect(at > 0 && at < width).toBe(true);
    expect(y(5) > 0 && y(5) < height).toBe(true);
    expect(y(5.1)).toBeLessThan(y(5));
  });
});

describe('pictures', () => {
  test('a latency table: each network at what it took and what was predicted, with the interval; the table in words', () => {
    const pairs = [
      { encoding: [0, 1], predicted: 2, margin: 0.5, measured: 2.25 },
      { encoding: [1, 1], predicted: 3, margin: 0.25, measured: 4 },
    ];
    const validation = {
      networks: 2,
      meanAbsolutePercentageError: 0.1,
      summedError: 0.1,
      r2: 0.5,
      kendallTau: 1,
    };
    const table = {
      space: '0'.repeat(64),
      device: { name: 'a <desk>', arch: 'x64', backend: 'cpu', instructionSet: 'simd', threads: 1 },
      batch: 1,
      unit: 'ms',
      precision: 0.03,
      overhead: 0.5,
      overheadMargin: 0.1,
      entries: [{ key: 'stem', median: 1, spread: 0.1, margin: 0.01, samples: 30 }],
      validation: { ...validation, pairs },
    } as const;
    const drawn = latencyPicture(table as never);
    expect(drawn.match(/<circle/g)).toHaveLength(2);
    expect(drawn).toContain('2.000 ± 0.500 ms predicted, 2.250 ms measured: [0 1]');
    expect(drawn).toContain('1 of 2 took what the 95 % interval of their prediction says');
    expect(drawn).not.toContain('<desk>');
    const elsewhere = latencyPicture({ ...table, validation } as never);
    expect(elsewhere).not.toContain('<svg');
    expect(elsewhere).not.toContain('interval of their prediction');
  });

  test('the Pareto front has the trials that none beats in both', () => {
    const trials = [trial(0, 5, 0.7), trial(1, 3, 0.6), trial(2, 4, 0.5), trial(3, 9, 0.9), trial(4, 9, 0.8)];
    expect(trialFront(trials).map(({ index }) => index)).toEqual([1, 0, 3]);
    expect(trialsPicture(trials, 'ms')).toMatch(
      /<pre>.*Pareto front: 3 trials.*Hypervolume 0\.\d+.*<\/pre>/s,
    );
  });

  test('a mark an architecture, and the coefficients in words', () => {
    const coefficient = { value: 0.5, low: -0.25, high: 0.75 };
    const picture = correlationPicture({
      cheap: 'inherited',
      pairs: [
        { encoding: [0, 1], cheap: 0.2, trained: 0.5, macs: 10 },
        { encoding: [1, 1], cheap: 0.4, trained: 0.7, macs: 20 },
      ],
      images: 10,
      kendall: coefficient,
      spearman: coefficient,
      bySize: { kendall: { ...coefficient, value: 0.25 }, spearman: coefficient },
      resamples: 100,
    });
    const [one, other] = [...picture.matchAll(/<circle class="c0" cx="([\d.]+)" cy="([\d.]+)"/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    expect(one![0]).toBeLessThan(other![0]);
    expect(one![1]).toBeGreaterThan(other![1]);
    expect(picture).toContain('[0 1]: 20.0 % inherited, 50.0 % trained alone');
    expect(picture).toContain('τ 0.50 (-0.25 … 0.75) · Spearman’s ρ 0.50');
    expect(picture).toContain('by MACs alone τ 0.25 (-0.25 … 0.75)');
  });

  test('a mark a trial, with what it was; nothing without trials', () => {
    const picture = trialsPicture([trial(0, 5, 0.7), trial(1, 3, 0.6), trial(2, 4, 0.5)], 'MACs');
    expect(picture.match(/<circle/g)).toHaveLength(3);
    expect(picture).toContain(
      '<title>trial 0 · search · 70.0 % inherited, 1000 validation images · 5 MACs</title>',
    );
    expect(picture).toContain('derive &#60;b&#62;');
    expect(picture).not.toContain('<b>');
    expect(trialsPicture([], 'MACs')).toBe('');
  });

  test('a curve leaves out what is no number', () => {
    const points = [1, Number.NaN, 3].map((value, step) => ({ step, value }));
    expect(curvePicture('loss', points)).toContain('aria-label="loss by step"');
    expect(curvePicture('loss', points)).not.toContain('NaN');
    expect(curvePicture('loss', points.slice(0, 2))).toBe('');
  });

  test('a confusion matrix has a cell a pair, each saying what it counts', () => {
    const rates = { support: 4, precision: 1, recall: 1, f1: 1 };
    const picture = confusionPicture({
      classes: [
        { class: 'cat', ...rates },
        { class: 'dog', ...rates },
      ],
      confusion: [
        [3, 1],
        [0, 4],
      ],
    });
    expect(picture.match(/<rect/g)).toHaveLength(4);
    expect(picture).toContain('<title>cat taken for dog: 1 of 4 (25.0 %)</title>');
  });

  test('blocks as an encoding decides them; a block that is left out has no box', () => {
    expect(blockChoices(space, encodings.small).map(blockText)).toEqual(['k3 e3', 'k3 e3', 'identity']);
    expect(blockChoices(space, encodings.large).map(blockText)).toEqual(['k5 e6 SE', 'k3 e3', 'k7 e6']);
    expect(architecturePicture(space, encodings.small).match(/class="box/g)).toHaveLength(2);
    expect(architecturePicture(space, encodings.large).match(/class="box/g)).toHaveLength(3);
    expect(architecturePicture(space, encodings.large)).toContain('<title>b3: kernel 7, expansion 6</title>');
  });

  test('layers of stacks: those that are left out are not there, each says what it is', () => {
    const stacks = nasBenchMacroSpace();
    const drawn = architecturePicture(stacks, [2, 0, 1, 0, 0, 1, 1, 0]);
    expect(drawn.match(/class="box/g)).toHaveLength(specify(stacks, [2, 0, 1, 0, 0, 1, 1, 0]).layers.length);
    expect(drawn).toContain('s1l0: inverted bottleneck, kernel 5, expansion 6');
  });

  test('more layers than a page is wide go on in another row', () => {
    const deep = ofaMobilenetV3Space();
    const most = choiceBlocks(deep).map(({ options }) => options.length - 1);
    expect(specify(deep, most).layers.length).toBeGreaterThan(17);
    expect(architecturePicture(deep, most)).toContain('viewBox="0 0 962 300"');
  });

  test('layers of a macro space, and an arc for each that is joined to a later one', () => {
    const { space: macro, encoding } = enasMacroFound();
    const drawn = architecturePicture(macro, encoding);
    expect(drawn.match(/class="box/g)).toHaveLength(macro.layers);
    expect(
      [...drawn.matchAll(/the output of (the stem|l\d+) is joined to that of l(\d+)/g)].map(
        ([, ...of]) => of,
      ),
    ).toEqual(
      macroLayers(macro, encoding).flatMap(({ skips }, layer) =>
        // the release counts the stem
        skips.map((anchor) => [anchor === 0 ? 'the stem' : `l${anchor - 1}`, String(layer)]),
      ),
    );
    const paper = architecturePicture({ ...macro, anchors: 'layers' }, encoding);
    expect(paper).not.toContain('the stem');
  });

  test('layers over channels: a range of each operation', () => {
    const space = enasMacroChannelsSpace({ layers: 3, filters: 6, operations: ['conv3', 'max3'] });
    const drawn = architecturePicture(space, [0, 1, 5, 0, 1, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    expect(drawn.match(/class="box/g)).toHaveLength(6);
    expect(drawn).toContain('<title>l0: parts 0 to 1 of conv3, 5 of max3</title>');
    expect(drawn).toContain('<title>l1: parts 1 to 5 of conv3, 0 of max3, joined with the stem</title>');
  });

  test('both cells: a box a node, a line from each tensor that it reads, and from each that is output', () => {
    const { space: micro, encoding } = enasMicroFound();
    const drawn = architecturePicture(micro, encoding);
    const nodes = Object.values(cellNodes(micro, encoding));
    expect(drawn.match(/<rect class="node"/g)).toHaveLength(2 * (2 + micro.nodes + 1));
    expect(drawn.match(/<path class="edge c\d"/g)).toHaveLength(2 * 2 * micro.nodes);
    expect(drawn.match(/is part of the output/g)).toHaveLength(nodes.flatMap(looseEnds).length);
    // what a node reads stands to the left of it
    for (const [, from, to] of drawn.matchAll(
      /<path class="edge[^"]*" d="M([\d.]+) [\d.]+ C[^,]*? ([\d.]+) [\d.]+"/g,
    ))
      expect(Number(from)).toBeLessThan(Number(to));
  });

  test('layers of other grammars in words, by the choices that decide something', () => {
    const texts = blockTexts(nasBenchMacroSpace(), [2, 0, 1, 0, 0, 1, 1, 0]);
    expect([...texts].slice(0, 3)).toEqual([
      ['s1l0', 'op mbconv k5 e6'],
      ['s1l1', 'op identity'],
      ['s2l0', 'op mbconv k3 e3'],
    ]);
    expect(blockTexts(space, encodings.small).get('b3')).toBe('identity');
  });
});
