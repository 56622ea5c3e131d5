// Where the threads of a job meet after each op.
#pragma once
#include "platform.h"

/** Words shared with src/cpu/threads.ts; the first two belong to JavaScript. */
struct Control {
  int32_t job, finished;
  int32_t aborted;
  int32_t arrived, generation, sleepers;
};

constexpr int SPINS = 4000;
constexpr long long NAP = 100'000'000;  // nanoseconds
constexpr int NAPS = 1200;              // two minutes: then some thread is gone

/** Waits until all threads have arrived: spins briefly, then sleeps. False when the job was aborted. */
NOINLINE bool meet(Control& c, int threads) {
  if (threads == 1) return !__atomic_load_n(&c.aborted, __ATOMIC_RELAXED);
  const int32_t generation = __atomic_load_n(&c.generation, __ATOMIC_ACQUIRE);
  if (__atomic_add_fetch(&c.arrived, 1, __ATOMIC_ACQ_REL) == threads) {
    __atomic_store_n(&c.arrived, 0, __ATOMIC_RELAXED);
    __atomic_add_fetch(&c.generation, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&c.sleepers, __ATOMIC_SEQ_CST)) wakeAll(&c.generation);
    return !__atomic_load_n(&c.aborted, __ATOMIC_RELAXED);
  }
  for (int spin = 0; spin < SPINS; spin++) {
    if (__atomic_load_n(&c.generation, __ATOMIC_ACQUIRE) != generation)
      return !__atomic_load_n(&c.aborted, __ATOMIC_RELAXED);
    relax();
  }
  __atomic_add_fetch(&c.sleepers, 1, __ATOMIC_SEQ_CST);
  for (int nap = 0; __atomic_load_n(&c.generation, __ATOMIC_SEQ_CST) == generation; nap++) {
    if (nap == NAPS) __atomic_store_n(&c.aborted, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&c.aborted, __ATOMIC_RELAXED)) break;
    sleepWhile(&c.generation, generation, NAP);
  }
  __atomic_sub_fetch(&c.sleepers, 1, __ATOMIC_SEQ_CST);
  return !__atomic_load_n(&c.aborted, __ATOMIC_RELAXED);
}
