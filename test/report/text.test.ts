import { describe, expect, test } from 'vitest';
import { bar, sparkline } from '../../src/report/bar.ts';
import { cut, spread, table, widthOf, wrap } from '../../src/report/layout.ts';
import { colourStyle, plainStyle, styleFor } from '../../src/report/style.ts';
import {
  bytes,
  clockTime,
  count,
  duration,
  figure,
  milliseconds,
  percent,
  si,
} from '../../src/report/units.ts';

describe('units', () => {
  test.each([
    [count(10000), '10,000'],
    [count(999), '999'],
    [count(1234567), '1,234,567'],
    [count(3.14e12), '3.1e12'],
    [count(9.99e11), '1.0e12'],
    [count(-1500), '-1,500'],
    [figure(0.7421), '0.742'],
    [figure(1.1249), '1.12'],
    [figure(12.34), '12.3'],
    [figure(2139.6), '2,140'],
    [figure(7), '7'],
    [figure(0.00042), '4.2e-4'],
    [figure(Number.NaN), 'NaN'],
    [si(213_000), '0.21 M'],
    [si(9_800_000), '9.8 M'],
    [si(84_200), '84.2 k'],
    [si(512), '512'],
    [si(1_200_000_000), '1.2 G'],
    [percent(0.9132), '91.3 %'],
    [percent(0.021, 0), '2 %'],
    [milliseconds(2.414), '2.41 ms'],
    [milliseconds(12.34), '12.3 ms'],
    [milliseconds(240.6), '241 ms'],
    [duration(412), '0.4s'],
    [duration(9_949), '9.9s'],
    [duration(9_951), '10s'],
    [duration(59_400), '59s'],
    [duration(59_600), '1m00s'],
    [duration(62_000), '1m02s'],
    [duration(7_500_000), '2h05m'],
    [clockTime(32_400), '0:32'],
    [clockTime(725_000), '12:05'],
    [clockTime(3_729_000), '1:02:09'],
    [clockTime(-5), '0:00'],
    [bytes(1_234_567), '1.2 MB'],
    [bytes(34_000), '34.0 kB'],
    [bytes(12), '12 B'],
  ])('%s', (written, expected) => {
    expect(written).toBe(expected);
  });
});

describe('layout', () => {
  test('width counts graphemes and no colours', () => {
    expect(widthOf(colourStyle.red('⠼ ×½'))).toBe(4);
  });

  test('a cut text keeps its width and says that it was cut', () => {
    expect(cut('killed (SIGKILL) at step 1,840', 17)).toBe('killed (SIGKILL)…');
    expect(cut('short', 17)).toBe('short');
  });

  test('spread puts the right part at the edge and cuts the left one', () => {
    expect(spread('loss 1.12', '41s', 20)).toBe('loss 1.12        41s');
    expect(spread('a text that is too long', '41s', 20)).toBe('a text that is…  41s');
  });

  test('words are wrapped whole', () => {
    expect(wrap('one two three fourteen', 9)).toEqual(['one two', 'three', 'fourteen']);
  });

  test('columns align by letter and rows end without space', () => {
    expect(
      table(
        [
          ['run', '1', 'x'],
          ['cached', '200', ''],
        ],
        'lr',
      ),
    ).toEqual(['run       1  x', 'cached  200']);
  });
});

describe('bar and sparkline', () => {
  test('a bar is filled to an eighth of a column', () => {
    expect(bar(0.5, 8)).toBe('████    ');
    expect(bar(0.58, 10)).toBe('█████▊    ');
    expect(bar(2, 3)).toBe('███');
    expect(bar(0, 3)).toBe('   ');
  });

  test('a sparkline spans its values', () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8)).toBe('▁▂▃▄▅▆▇█');
    expect(sparkline([0, 0, 10, 10], 2)).toBe('▁█');
    expect(sparkline([3, 3, 3], 8)).toBe('▄▄▄');
    expect(sparkline([1], 8)).toBe('');
    expect(sparkline([1, Number.NaN], 8)).toBe('');
  });
});

describe('style', () => {
  test.each([
    [{ isTTY: true }, {}, colourStyle],
    [{ isTTY: false }, {}, plainStyle],
    [{ isTTY: true }, { NO_COLOR: '1' }, plainStyle],
    [{ isTTY: true }, { NO_COLOR: '' }, colourStyle],
    [{ isTTY: false }, { FORCE_COLOR: '1' }, colourStyle],
    [{ isTTY: true }, { TERM: 'dumb' }, plainStyle],
  ])('%j %j', (stream, environment, style) => {
    expect(styleFor(stream, environment)).toBe(style);
  });
});
