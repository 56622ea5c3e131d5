// What the kernels ask of the system: where the arena is, sleeping on a word of it, the time.
#pragma once
#include "simd.h"

#ifdef __wasm__
extern "C" double now();  // milliseconds

INLINE char* inArena(uint32_t offset) { return (char*)(uintptr_t)offset; }
INLINE void relax() {}
/** There is no instruction for it: a load that nothing waits for. */
INLINE void fetch(const void* line) { (void)*(const volatile char*)line; }
INLINE void sleepWhile(int32_t* word, int32_t value, long long nanoseconds) {
  __builtin_wasm_memory_atomic_wait32(word, value, nanoseconds);
}
INLINE void wakeAll(int32_t* word) { __builtin_wasm_memory_atomic_notify(word, 0x7fffffff); }
#else
#include <time.h>

static thread_local char* arenaOfThread;
INLINE char* inArena(uint32_t offset) { return arenaOfThread + offset; }

NOINLINE double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

#if defined(__x86_64__)
INLINE void relax() { __builtin_ia32_pause(); }
#elif defined(__aarch64__)
INLINE void relax() { __asm__ volatile("yield"); }
#else
INLINE void relax() {}
#endif

/** Brings a cache line near, to be read or written. */
INLINE void fetch(const void* line) { __builtin_prefetch(line, 0, 2); }

#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
NOINLINE void sleepWhile(int32_t* word, int32_t value, long long nanoseconds) {
  const timespec limit = {(time_t)(nanoseconds / 1'000'000'000), (long)(nanoseconds % 1'000'000'000)};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &limit, nullptr, 0);
}
NOINLINE void wakeAll(int32_t* word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 0x7fffffff, nullptr, nullptr, 0); }
#else
/** No documented call sleeps on a word here: looks again every 50 µs. */
NOINLINE void sleepWhile(int32_t* word, int32_t value, long long nanoseconds) {
  const timespec nap = {0, 50'000};
  for (long long slept = 0; slept < nanoseconds; slept += nap.tv_nsec) {
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != value) return;
    nanosleep(&nap, nullptr);
  }
}
INLINE void wakeAll(int32_t*) {}
#endif
#endif
