// Batch normalisation: per-channel figures only; the data are touched by whoever reads or writes them anyway.
#pragma once
#include "moments.h"

struct NormFromBatch {
  Offset moments;
  int32_t channels, stride;
  Offset gamma, beta;
  Offset norm;
  int32_t epsilon;  // float bits
  Offset movingMean, movingVariance;  // updated when present
  int32_t decay;    // float bits: weight of the old moving value
};

struct NormFromMoving {
  int32_t channels, stride;
  Offset gamma, beta, movingMean, movingVariance;
  Offset norm;
  int32_t epsilon;
};

struct NormGradient {
  Offset sums;  // [CHUNKS, 2, stride]
  int32_t rows, channels, stride;
  Offset gamma, norm;
  Offset fold;                      // [3, stride]
  Offset gammaGradient, betaGradient;  // [stride] each
};

struct MomentsOfRows {
  Source x;
  int32_t rows;
  Offset moments;
};

NOINLINE void momentsOfRows(const MomentsOfRows& op, Chunks chunks, Scratch scratch) {
  const int stride = op.x.stride;
  float* block = scratch.floats((long)PASS_ROWS * stride);
  for (int chunk; chunks.next(chunk);) {
    const Moments moments = clearedMoments(op.moments, chunk, stride);
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      addMoments(moments, readRows(op.x, r, n, block), n, stride, 0, stride);
      *moments.count += n;
    }
  }
}

INLINE void writeNorm(float* norm, int stride, int c, float mean, float variance, float gamma, float beta, float epsilon) {
  const float inverse = 1.0f / __builtin_sqrtf(variance + epsilon);
  norm[MEAN * stride + c] = mean;
  norm[INVERSE * stride + c] = inverse;
  norm[SCALE * stride + c] = gamma * inverse;
  norm[SHIFT * stride + c] = beta - gamma * inverse * mean;
  norm[VARIANCE * stride + c] = variance;
}

/** Pad lanes read as zeros, whatever the activation reads. */
INLINE void clearPads(float* rows, int count, int channels, int stride) {
  for (int r = 0; r < count; r++)
    for (int c = channels; c < stride; c++) rows[r * stride + c] = 0;
}

NOINLINE void normFromBatch(const NormFromBatch& op, Chunks chunks, Scratch) {
  const int32_t* counts = at<int32_t>(op.moments);
  const float* parts = at(op.moments) + MOMENT_HEADER;
  for (int chunk; chunks.next(chunk);) {
    if (chunk == 0) clearPads(at(op.norm), NORM_ROWS, op.channels, op.stride);
    const Range own = chunkRange(op.channels, chunk, LANES);
    for (int c = own.begin; c < own.end; c++) {
      float mean = 0, squares = 0, count = 0;
      for (int part = 0; part < CHUNKS; part++) {
        const float n = (float)counts[part];
        if (n == 0) continue;
        const float* m = parts + (long)part * 2 * op.stride + c;
        const float delta = m[0] - mean;
        mean += delta * (n / (count + n));
        squares += m[op.stride] + delta * delta * (count * n / (count + n));
        count += n;
      }
      const float variance = squares / count;
      writeNorm(at(op.norm), op.stride, c, mean, variance, at(op.gamma)[c], at(op.beta)[c], asFloat(op.epsilon));
      if (!op.movingMean) continue;
      const float old = asFloat(op.decay), unbiased = count > 1 ? squares / (count - 1) : variance;
      float *m = at(op.movingMean) + c, *v = at(op.movingVariance) + c;
      *m = old * *m + (1 - old) * mean;
      *v = old * *v + (1 - old) * unbiased;
    }
  }
}

NOINLINE void normFromMoving(const NormFromMoving& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    if (chunk == 0) clearPads(at(op.norm), NORM_ROWS, op.channels, op.stride);
    const Range own = chunkRange(op.channels, chunk, LANES);
    for (int c = own.begin; c < own.end; c++)
      writeNorm(at(op.norm), op.stride, c, at(op.movingMean)[c], at(op.movingVariance)[c], at(op.gamma)[c],
                at(op.beta)[c], asFloat(op.epsilon));
  }
}

/**
 * Backward through batch statistics: with Σg and Σg·ŷ over rows, dx = a·g + b·y + offset, where
 * a = γ/σ, b = -a·Σg·ŷ/(n·σ), offset = -a·Σg/n - b·mean (Ioffe and Szegedy 2015, §3, solved for the input).
 */
NOINLINE void normGradient(const NormGradient& op, Chunks chunks, Scratch) {
  const float* norm = at(op.norm);
  float* fold = at(op.fold);
  for (int chunk; chunks.next(chunk);) {
    if (chunk == 0) clearPads(fold, 3, op.channels, op.stride);
    const Range own = chunkRange(op.channels, chunk, LANES);
    for (int c = own.begin; c < own.end; c++) {
      float sum = 0, product = 0;
      for (int part = 0; part < CHUNKS; part++) {
        const float* s = at(op.sums) + (long)part * 2 * op.stride + c;
        sum += s[0];
        product += s[op.stride];
      }
      const float inverse = norm[INVERSE * op.stride + c], n = (float)op.rows;
      const float a = at(op.gamma)[c] * inverse;
      const float b = -a * product * inverse / n;
      fold[c] = a;
      fold[op.stride + c] = b;
      fold[2 * op.stride + c] = -a * sum / n - b * norm[MEAN * op.stride + c];
      at(op.gammaGradient)[c] = product;
      at(op.betaGradient)[c] = sum;
    }
  }
}
