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

/** Adds rows of channels [begin, end); the caller advances *count once all channels have seen the rows. */
NOINLINE void addMoments(const Moments& m, const float* rows, int n, int stride, int begin, int end) {
  const int count = *m.count;
  for (int c = begin; c < end; c += LANES) {
    vec mean = load(m.mean + c), squares = load(m.squares + c);
    const vec pivot = count ? mean : load(rows + (long)(n / 2) * stride + c);
    vec sum{}, square{};
    const float* y = rows + c;
    for (int r = 0; r < n; r++, y += stride) {
      const vec d = load(y) - pivot;
      sum += d;
      square = multiplyAdd(d, d, square);
    }
    const vec offset = sum * splat(1.0f / n);
    mergeMoments(mean, squares, count, pivot + offset, square - sum * offset, n);
    store(m.mean + c, mean);
    store(m.squares + c, squares);
  }
}
