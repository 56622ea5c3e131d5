// A product of few rows, forward: chunks are of columns, not of rows, so that each column of the kernel is packed by one
// thread alone. What is computed is what convolutionForward computes, to the bit.
#pragma once
#include "convolution.h"

/** Columns of a chunk, as vectors. */
INLINE Range ownVectors(int columns, int chunk) { return chunkRange(padded(columns) / LANES, chunk, 1); }

NOINLINE void fewRowsForward(const ConvolutionForward& op, Chunks chunks, Scratch scratch) {
  const int depth = op.x.channels, out = op.kernel.out;
  const int widest = (padded(out) / LANES + CHUNKS - 1) / CHUNKS * LANES;
  float *rows = scratch.floats((long)op.rows * op.x.stride), *panels = scratch.floats((long)depth * widest);
  float* bias = scratch.floats(widest);
  const float* x = readRows(op.x, 0, op.rows, rows);
  for (int chunk; chunks.next(chunk);) {
    const Range own = ownVectors(out, chunk);
    const int first = own.begin * LANES, columns = (own.end * LANES < out ? own.end * LANES : out) - first;
    if (columns <= 0) continue;
    packPanels(panels, depth, columns, [&](int k) { return op.kernel.row(k, depth) + first; });
    zero(bias, widest);
    if (op.kernel.bias) copy(bias, at(op.kernel.bias) + first, columns);
    Ahead ahead(0);
    product(op.rows, x, op.x.stride, panels, depth, columns, at(op.y) + first, op.yStride,
            op.kernel.bias ? bias : nullptr, ahead);
  }
}
