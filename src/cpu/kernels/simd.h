// One vector of floats and what the kernels do with it. Everything above this file is written in `vec` and `LANES` only;
// a target is a section here and one in platform.h.
#pragma once
#include <stdint.h>

#if defined(__AVX512F__)
constexpr int LANES = 16;
constexpr int REGISTERS = 32;  // vectors that the processor holds
constexpr bool FUSED = true;   // whether multiplyAdd is one instruction, with one rounding
#elif defined(__AVX2__)
constexpr int LANES = 8;
constexpr int REGISTERS = 16;
constexpr bool FUSED = true;
#elif defined(__ARM_NEON)
constexpr int LANES = 4;
constexpr int REGISTERS = 32;
constexpr bool FUSED = true;
#else
constexpr int LANES = 4;
constexpr int REGISTERS = 16;
constexpr bool FUSED = false;
#endif
typedef float vec __attribute__((vector_size(LANES * 4)));
typedef int32_t ints __attribute__((vector_size(LANES * 4)));
typedef float loose __attribute__((vector_size(LANES * 4), aligned(4)));  // at any float's address

#define INLINE static inline __attribute__((always_inline))
// Kernels stay out of line: inlined into one another they spill addresses and run 1.5 times slower.
#define NOINLINE static __attribute__((noinline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

INLINE vec load(const float* p) { return *(const loose*)p; }
INLINE void store(float* p, vec v) { *(loose*)p = v; }

// Of every target: `lower` and `upper` keep a NaN in the first operand; `multiplyAdd` is a·b + c, with one rounding
// where the target has a fused form, else with two; `nearest` need only be right below 2^22.
#if defined(__wasm__)
#include <wasm_simd128.h>
INLINE vec splat(float x) { return (vec)wasm_f32x4_splat(x); }
INLINE vec loadSplat(const float* p) { return (vec)wasm_v128_load32_splat(p); }
INLINE vec lower(vec a, vec b) { return (vec)wasm_f32x4_pmin((v128_t)a, (v128_t)b); }
INLINE vec upper(vec a, vec b) { return (vec)wasm_f32x4_pmax((v128_t)a, (v128_t)b); }
INLINE vec choose(ints m, vec a, vec b) {
  return (vec)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)m);
}
INLINE vec nearest(vec a) { return (vec)wasm_f32x4_nearest((v128_t)a); }
INLINE ints toInts(vec a) { return (ints)wasm_i32x4_trunc_sat_f32x4((v128_t)a); }
INLINE vec squareRoot(vec a) { return (vec)wasm_f32x4_sqrt((v128_t)a); }
INLINE vec multiplyAdd(vec a, vec b, vec c) { return a * b + c; }
#elif defined(__AVX512F__)
#include <immintrin.h>
INLINE vec splat(float x) { return (vec)_mm512_set1_ps(x); }
INLINE vec loadSplat(const float* p) { return splat(*p); }
INLINE vec lower(vec a, vec b) { return (vec)_mm512_min_ps((__m512)b, (__m512)a); }
INLINE vec upper(vec a, vec b) { return (vec)_mm512_max_ps((__m512)b, (__m512)a); }
INLINE vec choose(ints m, vec a, vec b) { return m ? a : b; }
INLINE vec nearest(vec a) { return (vec)_mm512_roundscale_ps((__m512)a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE ints toInts(vec a) { return (ints)_mm512_cvttps_epi32((__m512)a); }
INLINE vec squareRoot(vec a) { return (vec)_mm512_sqrt_ps((__m512)a); }
INLINE vec multiplyAdd(vec a, vec b, vec c) { return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c); }
#elif defined(__AVX2__)
#include <immintrin.h>
INLINE vec splat(float x) { return (vec)_mm256_set1_ps(x); }
INLINE vec loadSplat(const float* p) { return splat(*p); }
INLINE vec lower(vec a, vec b) { return (vec)_mm256_min_ps((__m256)b, (__m256)a); }
INLINE vec upper(vec a, vec b) { return (vec)_mm256_max_ps((__m256)b, (__m256)a); }
INLINE vec choose(ints m, vec a, vec b) { return m ? a : b; }
INLINE vec nearest(vec a) { return (vec)_mm256_round_ps((__m256)a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
INLINE ints toInts(vec a) { return (ints)_mm256_cvttps_epi32((__m256)a); }
INLINE vec squareRoot(vec a) { return (vec)_mm256_sqrt_ps((__m256)a); }
INLINE vec multiplyAdd(vec a, vec b, vec c) { return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c); }
#elif defined(__SSE2__)
#include <emmintrin.h>
INLINE vec splat(float x) { return (vec)_mm_set1_ps(x); }
INLINE vec loadSplat(const float* p) { return splat(*p); }
INLINE vec lower(vec a, vec b) { return (vec)_mm_min_ps((__m128)b, (__m128)a); }
INLINE vec upper(vec a, vec b) { return (vec)_mm_max_ps((__m128)b, (__m128)a); }
INLINE vec choose(ints m, vec a, vec b) { return (vec)((m & (ints)a) | (~m & (ints)b)); }
INLINE vec nearest(vec a) { return (a + splat(0x1.8p23f)) - splat(0x1.8p23f); }
INLINE ints toInts(vec a) { return (ints)_mm_cvttps_epi32((__m128)a); }
INLINE vec squareRoot(vec a) { return (vec)_mm_sqrt_ps((__m128)a); }
INLINE vec multiplyAdd(vec a, vec b, vec c) { return a * b + c; }
#elif defined(__ARM_NEON)
#include <arm_neon.h>
INLINE vec splat(float x) { return (vec)vdupq_n_f32(x); }
INLINE vec loadSplat(const float* p) { return (vec)vld1q_dup_f32(p); }
INLINE vec choose(ints m, vec a, vec b) {
  return (vec)vbslq_f32((uint32x4_t)m, (float32x4_t)a, (float32x4_t)b);
}
INLINE vec lower(vec a, vec b) { return choose(b < a, b, a); }
INLINE vec upper(vec a, vec b) { return choose(a < b, b, a); }
INLINE vec nearest(vec a) { return (vec)vrndnq_f32((float32x4_t)a); }
INLINE ints toInts(vec a) { return (ints)vcvtq_s32_f32((float32x4_t)a); }
INLINE vec squareRoot(vec a) { return (vec)vsqrtq_f32((float32x4_t)a); }
INLINE vec multiplyAdd(vec a, vec b, vec c) {
  return (vec)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
#else
#error "simd.h: this target is not written; add its vector operations"
#endif

INLINE float sumLanes(vec v) {
  float s = v[0];
  for (int i = 1; i < LANES; i++) s += v[i];
  return s;
}

/** The next multiple of LANES. */
constexpr int padded(int n) { return (n + LANES - 1) / LANES * LANES; }

INLINE void zero(float* p, long n) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) store(p + i, vec{});
  for (; i < n; i++) p[i] = 0;
}

INLINE void copy(float* to, const float* from, long n) {
  long i = 0;
  for (; i + LANES <= n; i += LANES) store(to + i, load(from + i));
  for (; i < n; i++) to[i] = from[i];
}

/** e^x to about 1 ulp (Cephes expf); saturates at the ends of the float range. */
INLINE vec exponential(vec x) {
  x = lower(upper(x, splat(-87.3f)), splat(88.3f));
  const vec n = nearest(x * splat(1.44269504088896341f));
  const vec r = x - n * splat(0.693359375f) - n * splat(-2.12194440e-4f);
  vec p = splat(1.9875691500e-4f);
  p = multiplyAdd(p, r, splat(1.3981999507e-3f));
  p = multiplyAdd(p, r, splat(8.3334519073e-3f));
  p = multiplyAdd(p, r, splat(4.1665795894e-2f));
  p = multiplyAdd(p, r, splat(1.6666665459e-1f));
  p = multiplyAdd(p, r, splat(5.0000001201e-1f));
  const vec y = multiplyAdd(p, r * r, r) + splat(1.0f);
  return y * (vec)((toInts(n) + 127) << 23);
}

/** Natural logarithm of a positive, normal float (Cephes logf). */
INLINE float logarithm(float x) {
  union { float f; int32_t i; } u = {x};
  int exponent = ((u.i >> 23) & 255) - 126;
  u.i = (u.i & 0x7fffff) | 0x3f000000;
  float m = u.f;
  if (m < 0.707106781186547524f) { exponent--; m = m + m; }
  m -= 1.0f;
  const float z = m * m;
  float p = 7.0376836292e-2f;
  p = p * m - 1.1514610310e-1f;
  p = p * m + 1.1676998740e-1f;
  p = p * m - 1.2420140846e-1f;
  p = p * m + 1.4249322787e-1f;
  p = p * m - 1.6668057665e-1f;
  p = p * m + 2.0000714765e-1f;
  p = p * m - 2.4999993993e-1f;
  p = p * m + 3.3333331174e-1f;
  const float e = (float)exponent;
  float y = m * z * p + e * -2.12194440e-4f - 0.5f * z;
  return m + y + e * 0.693359375f;
}
