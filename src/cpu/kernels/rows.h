// Ops over rows that no product absorbs: sums of branches, masks, means over an image, and their gradients.
#pragma once
#include "arena.h"

/** out = first.factor · first + second.factor · second; a second without data is absent. */
struct Combine {
  Source first;
  int32_t firstFactor;  // float bits
  Source second;
  int32_t secondFactor;
  Offset out;
  int32_t rows;
};

/** out = x · mask, row by row. */
struct Multiply {
  Source x;
  Offset mask;
  Offset out;
  int32_t rows;
};

/** [images, stride]: factor · Σ over an image's rows of x, or of x · with. */
struct ImageSum {
  Source x;
  Offset with;
  int32_t factor;
  Offset out;
  int32_t images;
};

/** Σ over all true elements of x · with, one partial a chunk. */
struct Dot {
  Source x;
  Offset with;
  Offset out;  // [CHUNKS]
  int32_t rows;
};

/**
 * The gradient of a Source from the gradient of what it shows:
 * sink ← factor · gate · gradient + extraFactor · extra, where `extra` and, if asked, `gradient` have a row an image.
 * A sink without `out` and activation takes sums of the gradient as it is.
 */
struct Unapply {
  Offset gradient;
  int32_t gradientPerImage;
  int32_t factor;
  Offset gate;
  Offset extra;
  int32_t extraFactor;
  int32_t rowsPerImage;
  int32_t rows;
  Sink sink;
};

/** Unfolds a gradient into out, plus `add`. */
struct Unfold {
  Gradient gradient;
  Offset add;
  Offset out;
  int32_t rows;
};

NOINLINE void combine(const Combine& op, Chunks chunks, Scratch scratch) {
  const int stride = op.first.stride;
  float *a = scratch.floats((long)PASS_ROWS * stride), *b = scratch.floats((long)PASS_ROWS * stride);
  const vec fa = splat(asFloat(op.firstFactor)), fb = splat(asFloat(op.secondFactor));
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      const float* x = readRows(op.first, r, n, a);
      float* o = at(op.out) + (long)r * stride;
      if (!op.second.data) {
        for (long i = 0; i < (long)n * stride; i += LANES) store(o + i, load(x + i) * fa);
        continue;
      }
      const float* y = readRows(op.second, r, n, b);
      for (long i = 0; i < (long)n * stride; i += LANES)
        store(o + i, multiplyAdd(load(x + i), fa, load(y + i) * fb));
    }
  }
}

NOINLINE void multiply(const Multiply& op, Chunks chunks, Scratch scratch) {
  const int stride = op.x.stride;
  float* block = scratch.floats((long)PASS_ROWS * stride);
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      const float* x = readRows(op.x, r, n, block);
      const long base = (long)r * stride;
      for (long i = 0; i < (long)n * stride; i += LANES)
        store(at(op.out) + base + i, load(x + i) * load(at(op.mask) + base + i));
    }
  }
}

NOINLINE void imageSum(const ImageSum& op, Chunks chunks, Scratch scratch) {
  const int stride = op.x.stride;
  float* block = scratch.floats((long)PASS_ROWS * stride);
  const vec factor = splat(asFloat(op.factor));
  for (int chunk; chunks.next(chunk);) {
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      float* o = at(op.out) + (long)image * stride;
      const int begin = image * op.x.rowsPerImage, end = begin + op.x.rowsPerImage;
      zero(o, stride);
      for (int r = begin; r < end; r += PASS_ROWS) {
        const int n = passRows(r, end);
        const float* x = readRows(op.x, r, n, block);
        const float* d = op.with ? at(op.with) + (long)r * stride : nullptr;
        for (int c = 0; c < stride; c += LANES) {
          vec sum{};
          for (int i = 0; i < n; i++) {
            const vec v = load(x + (long)i * stride + c);
            sum += d ? v * load(d + (long)i * stride + c) : v;
          }
          store(o + c, load(o + c) + sum);
        }
      }
      for (int c = 0; c < stride; c += LANES) store(o + c, load(o + c) * factor);
    }
  }
}

NOINLINE void dot(const Dot& op, Chunks chunks, Scratch scratch) {
  const int stride = op.x.stride;
  float *block = scratch.floats((long)PASS_ROWS * stride), *sums = scratch.floats(stride);
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    zero(sums, stride);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      const float *x = readRows(op.x, r, n, block), *d = at(op.with) + (long)r * stride;
      for (int i = 0; i < n; i++)
        for (int c = 0; c < stride; c += LANES) {
          const long k = (long)i * stride + c;
          store(sums + c, multiplyAdd(load(x + k), load(d + k), load(sums + c)));
        }
    }
    float total = 0;
    for (int c = 0; c < op.x.channels; c++) total += sums[c];
    at(op.out)[chunk] = total;
  }
}

NOINLINE void unapply(const Unapply& op, Chunks chunks, Scratch) {
  const int stride = op.sink.stride;
  const vec factor = splat(asFloat(op.factor)), extraFactor = splat(asFloat(op.extraFactor));
  for (int chunk; chunks.next(chunk);) {
    float* sums = clearedSums(op.sink, chunk);
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      if (!op.sink.out) {
        finishRows(op.sink, r, n, sums, 0, stride, at(op.gradient) + (long)r * stride);
        continue;
      }
      for (int row = r; row < r + n; row++) {
        const long image = (long)(row / op.rowsPerImage) * stride, own = (long)row * stride;
        const float* d = at(op.gradient) + (op.gradientPerImage ? image : own);
        const float* gate = op.gate ? at(op.gate) + image : nullptr;
        const float* extra = op.extra ? at(op.extra) + image : nullptr;
        float* o = at(op.sink.out) + own;
        for (int c = 0; c < stride; c += LANES) {
          vec v = load(d + c) * factor;
          if (gate) v *= load(gate + c);
          if (extra) v = multiplyAdd(load(extra + c), extraFactor, v);
          store(o + c, v);
        }
      }
      finishOwnRows(op.sink, r, n, sums, 0, stride);
    }
  }
}

NOINLINE void unfold(const Unfold& op, Chunks chunks, Scratch) {
  const int stride = op.gradient.stride;
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    float* out = at(op.out) + (long)rows.begin * stride;
    writeGradient(op.gradient, rows.begin, 0, stride, {out, 1, rows.end - rows.begin, stride, 0});
    if (!op.add) continue;
    const float* add = at(op.add) + (long)rows.begin * stride;
    for (long i = 0; i < (long)(rows.end - rows.begin) * stride; i += LANES) store(out + i, load(out + i) + load(add + i));
  }
}
