// Convolution in groups of channels: the products of each group by themselves, which begin anywhere in a row. Their
// results are made in scratch, whose rows are whole vectors, and copied.
#pragma once
#include "convolution.h"

struct GroupedForward {
  ConvolutionForward all;
  int32_t groups;
};

struct GroupedBackward {
  ConvolutionBackward all;
  int32_t groups;
};

/** Columns [first, first + count) of rows. */
INLINE void copyColumns(float* to, long toStride, const float* from, long fromStride, int rows, int count) {
  for (int r = 0; r < rows; r++) copy(to + r * toStride, from + r * fromStride, count);
}

INLINE void clearColumns(float* rows, long stride, int count, int begin) {
  for (int r = 0; r < count; r++) zero(rows + r * stride + begin, stride - begin);
}

NOINLINE void groupedForward(const GroupedForward& grouped, Chunks chunks, Scratch scratch) {
  const ConvolutionForward& op = grouped.all;
  const int width = op.kernel.out / grouped.groups, wide = padded(width);
  LeftSide left(op.x, op.window, grouped.groups, scratch);
  const long panel = panelFloats(left.depth, width);
  float *panels = scratch.floats(grouped.groups * panel), *bias = scratch.floats(grouped.groups * wide);
  float* made = scratch.floats((long)BLOCK_ROWS * wide);
  for (int g = 0; g < grouped.groups; g++) {
    packPanels(panels + g * panel, left.depth, width,
               [&](int k) { return op.kernel.row(k, left.channels) + g * width; });
    zero(bias + g * wide, wide);
    if (op.kernel.bias) copy(bias + g * wide, at(op.kernel.bias) + g * width, width);
  }
  const Rows split{op.window, op.rows};
  for (int chunk; chunks.next(chunk);) {
    Moments moments{};
    if (op.moments) moments = clearedMoments(op.moments, chunk, op.yStride);
    const Range images = split.images(chunk);
    for (int image = images.begin; image < images.end; image++) {
      left.enter(image);
      const Range rows = split.of(image, chunk);
      for (int r = rows.begin; r < rows.end; r += BLOCK_ROWS) {
        const int n = blockRows(r, rows.end);
        float* y = at(op.y) + (long)r * op.yStride;
        const float* first = left.rows(image, r, n);
        Ahead ahead(0);
        for (int g = 0; g < grouped.groups; g++) {
          const float* a = left.ofGroup(g, first, image, r, n);
          product(n, a, left.stride, panels + g * panel, left.depth, width, made, wide, bias + g * wide, ahead);
          copyColumns(y + g * width, op.yStride, made, wide, n, width);
        }
        clearColumns(y, op.yStride, n, op.kernel.out);
        if (!op.moments) continue;
        addMoments(moments, y, n, op.yStride, 0, op.yStride);
        *moments.count += n;
      }
    }
  }
}

/** What one thread needs for the backward products of one group after the other. */
struct GroupWork {
  int width, wide;
  long panel, share;
  float* unfolded;  // [BLOCK_ROWS, stride of the gradient]
  float* dy;        // [BLOCK_ROWS, wide]: the group's columns of it
  float* dx;        // [BLOCK_ROWS, padded(depth)]
  float* panels;    // of each group's transposed kernel
  float* gradient;  // [groups, depth, wide]

  GroupWork(const GroupedBackward& grouped, const LeftSide& left, Scratch& scratch) {
    const ConvolutionBackward& op = grouped.all;
    width = op.kernel.out / grouped.groups;
    wide = padded(width);
    panel = panelFloats(width, left.depth);
    share = (long)left.depth * wide;
    unfolded = scratch.floats((long)BLOCK_ROWS * op.gradient.stride);
    dy = scratch.floats((long)BLOCK_ROWS * wide);
    dx = scratch.floats((long)BLOCK_ROWS * padded(left.depth));
    panels = scratch.floats(grouped.groups * panel);
    gradient = scratch.floats(grouped.groups * share);
    for (int g = 0; g < grouped.groups; g++)
      packTransposed(panels + g * panel, width, left.depth,
                     [&](int k) { return op.kernel.row(k, left.channels) + g * width; });
  }
};

NOINLINE void groupedBackward(const GroupedBackward& grouped, Chunks chunks, Scratch scratch) {
  const ConvolutionBackward& op = grouped.all;
  const Window& w = op.window;
  const Sink& sink = op.sink;
  const int outStride = op.gradient.stride, imageRows = w.height * w.width, groups = grouped.groups;
  LeftSide left(op.x, w, groups, scratch);
  const GroupWork work(grouped, left, scratch);
  const int width = work.width, wide = work.wide, dxStride = padded(left.depth);
  const Rows split{w, op.rows};
  for (int chunk; chunks.next(chunk);) {
    float* sums = clearedSums(sink, chunk);
    float* biasGradient = op.biasGradient ? at(op.biasGradient) + (long)chunk * outStride : nullptr;
    if (biasGradient) zero(biasGradient, outStride);
    zero(work.gradient, groups * work.share);
    const Range images = split.images(chunk);
    for (int image = images.begin; image < images.end; image++) {
      float* whole = sink.out && !w.pointwise() ? at(sink.out) + (long)image * imageRows * sink.stride : nullptr;
      left.enter(image);
      if (whole) zero(whole, (long)imageRows * sink.stride);
      const Range rows = split.of(image, chunk);
      for (int r = rows.begin; r < rows.end; r += BLOCK_ROWS) {
        const int n = blockRows(r, rows.end);
        const float* gradient = readGradient(op.gradient, r, n, work.unfolded);
        if (biasGradient) addRows(biasGradient, gradient, n, outStride);
        const float* first = left.rows(image, r, n);
        float* own = sink.out ? at(sink.out) + (long)r * sink.stride : nullptr;
        Ahead ahead(0);
        for (int g = 0; g < groups; g++) {
          zero(work.dy, (long)n * wide);
          copyColumns(work.dy, wide, gradient + g * width, outStride, n, width);
          const float* x = left.ofGroup(g, first, image, r, n);
          outerProduct(n, left.depth, wide, x, left.stride, work.dy, wide, work.gradient + g * work.share, ahead);
          if (!sink.out) continue;
          product(n, work.dy, wide, work.panels + g * work.panel, width, left.depth, work.dx, dxStride, nullptr, ahead);
          const int channel = g * left.channels;
          if (whole)
            scatterWindows(w, whole + channel, sink.stride, left.channels, r - image * w.outRows(), n, work.dx, dxStride);
          else
            copyColumns(own + channel, sink.stride, work.dx, dxStride, n, left.channels);
        }
        if (sink.out && !whole) {
          clearColumns(own, sink.stride, n, op.x.channels);
          finishOwnRows(sink, r, n, sums, 0, sink.stride);
        }
      }
      if (whole) finishOwnRows(sink, (long)image * imageRows, imageRows, sums, 0, sink.stride);
    }
    float* out = at(op.weightGradient) + (long)chunk * left.depth * outStride;
    for (int g = 0; g < groups; g++)
      copyColumns(out + g * width, outStride, work.gradient + g * work.share, wide, left.depth, width);
    clearColumns(out, outStride, left.depth, op.kernel.out);
  }
}
