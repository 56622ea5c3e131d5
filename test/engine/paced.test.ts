import { expect, test, vi } from 'vitest';
import { paced } from '../../src/engine/paced.ts';

test('what takes long is done seldom, for all who asked meanwhile, and never twice at once', async () => {
  vi.useFakeTimers();
  try {
    const done: number[] = [];
    let under = 0;
    const clock = { elapsed: () => performance.now() };
    const { soon, end } = paced(async () => {
      expect(++under).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 10));
      under--;
      done.push(clock.elapsed());
    }, clock);
    const from = clock.elapsed();
    for (let i = 0; i < 1000; i++) {
      void soon();
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(done.map((at) => Math.round(at - from))).toEqual([10, 220, 430, 640, 850]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(done).toHaveLength(6);
    void soon();
    await vi.advanceTimersByTimeAsync(5);
    void soon();
    const ended = end();
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
    expect(done).toHaveLength(7);
  } finally {
    vi.useRealTimers();
  }
});

test('a failure is told to who asks next', async () => {
  const { soon, end } = paced(() => Promise.reject(new Error('full')), { elapsed: () => 0 });
  await expect(soon()).rejects.toThrow('full');
  await expect(soon()).rejects.toThrow('full');
  await expect(end()).rejects.toThrow('full');
});
