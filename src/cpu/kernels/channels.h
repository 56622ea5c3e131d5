// Moving channels and pixels about: concatenation, slices, subsampling.
#pragma once
#include "arena.h"

/** Channels [first, first + count) of x go to those of out that begin with outFirst. */
struct CopyChannels {
  Source x;
  int32_t first, count;
  Offset out;
  int32_t outStride, outFirst;
  int32_t rows;
};

/** The pixel (offset + h · stride, offset + w · stride) of an image for each (h, w) of another. */
struct Grid {
  int32_t stride, offset, height, width, outHeight, outWidth, images;
};

/** Output pixels outside of the input are 0. */
struct SubsampleForward {
  Source x;
  Grid grid;
  Offset y;
};

struct SubsampleBackward {
  Source gradient;
  Grid grid;
  Offset out;
};

NOINLINE void copyChannels(const CopyChannels& op, Chunks chunks, Scratch scratch) {
  const int stride = op.x.stride;
  float* block = scratch.floats((long)PASS_ROWS * stride);
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r += PASS_ROWS) {
      const int n = passRows(r, rows.end);
      const float* x = readRows(op.x, r, n, block) + op.first;
      float* o = at(op.out) + (long)r * op.outStride + op.outFirst;
      for (int i = 0; i < n; i++, x += stride, o += op.outStride) copy(o, x, op.count);
    }
  }
}

/** Calls `f` with input row and output row of each pixel of an image; the input row is -1 outside. */
template <class F> INLINE void eachGridPixel(const Grid& g, int image, F f) {
  for (int h = 0; h < g.outHeight; h++)
    for (int w = 0; w < g.outWidth; w++) {
      const int row = g.offset + h * g.stride, column = g.offset + w * g.stride;
      const bool outside = row >= g.height || column >= g.width;
      f(outside ? -1 : ((long)image * g.height + row) * g.width + column,
        ((long)image * g.outHeight + h) * g.outWidth + w);
    }
}

NOINLINE void subsampleForward(const SubsampleForward& op, Chunks chunks, Scratch) {
  const int stride = op.x.stride;
  for (int chunk; chunks.next(chunk);) {
    const Range images = chunkRange(op.grid.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++)
      eachGridPixel(op.grid, image, [&](long in, long out) {
        float* y = at(op.y) + out * stride;
        if (in < 0) zero(y, stride);
        else writeRows(op.x, in, 1, y);
      });
  }
}

NOINLINE void subsampleBackward(const SubsampleBackward& op, Chunks chunks, Scratch) {
  const int stride = op.gradient.stride;
  const long pixels = (long)op.grid.height * op.grid.width * stride;
  for (int chunk; chunks.next(chunk);) {
    const Range images = chunkRange(op.grid.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      zero(at(op.out) + image * pixels, pixels);
      eachGridPixel(op.grid, image, [&](long in, long out) {
        if (in >= 0) copy(at(op.out) + in * stride, at(op.gradient.data) + out * stride, stride);
      });
    }
  }
}
