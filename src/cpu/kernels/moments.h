// Mean and sum of squared deviations per channel, stable in single precision: each block of rows is summed about a
// value near its mean, and blocks are merged by the parallel update of Chan, Golub and LeVeque (1979).
#pragma once
#include "arena.h"

/** Layout of a moments block: counts [16 words], then per chunk mean [stride] and squares [stride]. */
constexpr int MOMENT_HEADER = 16;

struct Moments {
  float* mean;
  float* squares;
  int32_t* count;
};

INLINE Moments clearedMoments(Offset block, int chunk, int stride) {
  float* own = at(block) + MOMENT_HEADER + (long)chunk * 2 * stride;
  zero(own, 2 * stride);
  int32_t* count = at<int32_t>(block) + chunk;
  *count = 0;
  return {own, own + stride, count};
}

/** Merges (n, mean, squares) of a block into those of `count` earlier rows. */
INLINE void mergeMoments(vec& mean, vec& squares, float count, vec blockMean, vec blockSquares, float n) {
  const vec delta = blockMean - mean;
  mean = multiplyAdd(delta, splat(n / (count + n)), mean);
  squares += multiplyAdd(delta * delta, splat(count * n / (count + n)), blockSquares);
}

/** VECTORS vectors of channels: the sums of one are a chain of additions, and one chain leaves the units idle. */
template <int VECTORS>
INLINE void addMomentStrip(const Moments& m, const float* rows, int n, int stride, int c) {
  const int count = *m.count;
  vec pivot[VECTORS], sum[VECTORS], square[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    pivot[v] = load(count ? m.mean + c + v * LANES : rows + (long)(n / 2) * stride + c + v * LANES);
    sum[v] = square[v] = vec{};
  }
  const float* y = rows + c;
  for (int r = 0; r < n; r++, y += stride)
UNROLL
    for (int v = 0; v < VECTORS; v++) {
      const vec d = load(y + v * LANES) - pivot[v];
      sum[v] += d;
      square[v] = multiplyAdd(d, d, square[v]);
    }
  for (int v = 0; v < VECTORS; v++) {
    float *own = m.mean + c + v * LANES, *with = m.squares + c + v * LANES;
    vec mean = load(own), squares = load(with);
    const vec offset = sum[v] * splat(1.0f / n);
    mergeMoments(mean, squares, count, pivot[v] + offset, square[v] - sum[v] * offset, n);
    store(own, mean);
    store(with, squares);
  }
}

/** Adds rows of channels [begin, end); the caller advances *count once all channels have seen the rows. */
NOINLINE void addMoments(const Moments& m, const float* rows, int n, int stride, int begin, int end) {
  int c = begin;
  for (; c + 4 * LANES <= end; c += 4 * LANES) addMomentStrip<4>(m, rows, n, stride, c);
  for (; c < end; c += LANES) addMomentStrip<1>(m, rows, n, stride, c);
}
