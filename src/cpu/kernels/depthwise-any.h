// Depthwise convolution with windows of any sides, stride and dilation: plain loops over pixels and taps.
#pragma once
#include "depthwise.h"
#include "strips.h"

/** Calls `f` with tap and input pixel for each tap of output pixel (h, x) that lies inside of the image. */
template <class F> INLINE void eachTap(const Window& w, int h, int x, F f) {
  for (int i = 0; i < w.kernelHeight; i++) {
    const int row = h * w.stride - w.padTop + i * w.dilation;
    if (row < 0 || row >= w.height) continue;
    for (int j = 0; j < w.kernelWidth; j++) {
      const int column = x * w.stride - w.padLeft + j * w.dilation;
      if (column < 0 || column >= w.width) continue;
      f(i * w.kernelWidth + j, (long)row * w.width + column);
    }
  }
}

/** Weights as [taps, stride] with zeros in the pad lanes. */
INLINE float* packTaps(Offset weight, int taps, int full, int channels, int stride, Scratch& scratch) {
  float* packed = scratch.floats((long)taps * stride);
  for (int t = 0; t < taps; t++)
    for (int c = 0; c < stride; c++) packed[t * stride + c] = c < channels ? at(weight)[(long)t * full + c] : 0;
  return packed;
}

/** VECTORS vectors of channels of output pixel (h, column). */
template <int VECTORS>
INLINE void convolveAny(const Window& w, int h, int column, const float* x, const float* weights, int stride, float* y) {
  vec sum[VECTORS];
  UNROLL
  for (int v = 0; v < VECTORS; v++) sum[v] = vec{};
  eachTap(w, h, column, [&](int tap, long in) {
    UNROLL
    for (int v = 0; v < VECTORS; v++)
      sum[v] = multiplyAdd(load(x + in * stride + v * LANES), load(weights + tap * stride + v * LANES), sum[v]);
  });
  UNROLL
  for (int v = 0; v < VECTORS; v++) store(y + v * LANES, sum[v]);
}

/** Adds what output pixel (h, column) gives to the gradients of weights and, where there is one, of the input. */
template <int VECTORS>
INLINE void transposeAny(const Window& w, int h, int column, const float* x, const float* weights, int stride,
                         const float* dy, float* gradient, float* dx) {
  vec d[VECTORS];
  UNROLL
  for (int v = 0; v < VECTORS; v++) d[v] = load(dy + v * LANES);
  eachTap(w, h, column, [&](int tap, long in) {
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
      float* g = gradient + tap * stride + v * LANES;
      store(g, multiplyAdd(load(x + in * stride + v * LANES), d[v], load(g)));
    }
    if (!dx) return;
    UNROLL
    for (int v = 0; v < VECTORS; v++) {
      float* o = dx + in * stride + v * LANES;
      store(o, multiplyAdd(load(weights + tap * stride + v * LANES), d[v], load(o)));
    }
  });
}

NOINLINE void depthwiseAnyForward(const DepthwiseForward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const int stride = op.x.stride, pixels = w.height * w.width;
  const float* weights = packTaps(op.weight, w.taps(), op.fullChannels, op.x.channels, stride, scratch);
  float* block = op.x.plain() ? nullptr : scratch.floats((long)pixels * stride);
  for (int chunk; chunks.next(chunk);) {
    Moments moments{};
    if (op.moments) moments = clearedMoments(op.moments, chunk, stride);
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      const float* x = readRows(op.x, (long)image * pixels, pixels, block);
      float* y = at(op.y) + (long)image * w.outRows() * stride;
      for (int r = 0; r < w.outRows(); r++)
        eachStrip(stride, [&](int c, auto vectors) {
          convolveAny<decltype(vectors)::value>(w, r / w.outWidth, r % w.outWidth, x + c, weights + c, stride,
                                                y + (long)r * stride + c);
        });
      if (!op.moments) continue;
      addMoments(moments, y, w.outRows(), stride, 0, stride);
      *moments.count += w.outRows();
    }
  }
}

NOINLINE void depthwiseAnyBackward(const DepthwiseBackward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const Sink& sink = op.sink;
  const int stride = op.x.stride, pixels = w.height * w.width;
  const float* weights = packTaps(op.weight, w.taps(), op.fullChannels, op.x.channels, stride, scratch);
  float* block = op.x.plain() ? nullptr : scratch.floats((long)pixels * stride);
  float* unfolded = scratch.floats((long)w.outRows() * stride);
  for (int chunk; chunks.next(chunk);) {
    float* sums = clearedSums(sink, chunk);
    float* gradient = at(op.weightGradient) + (long)chunk * w.taps() * stride;
    zero(gradient, (long)w.taps() * stride);
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      const float* x = readRows(op.x, (long)image * pixels, pixels, block);
      const float* dy = readGradient(op.gradient, (long)image * w.outRows(), w.outRows(), unfolded);
      float* dx = sink.out ? at(sink.out) + (long)image * pixels * stride : nullptr;
      if (dx) zero(dx, (long)pixels * stride);
      for (int r = 0; r < w.outRows(); r++)
        eachStrip(stride, [&](int c, auto vectors) {
          transposeAny<decltype(vectors)::value>(w, r / w.outWidth, r % w.outWidth, x + c, weights + c, stride,
                                                 dy + (long)r * stride + c, gradient + c, dx ? dx + c : nullptr);
        });
      if (dx) finishOwnRows(sink, (long)image * pixels, pixels, sums, 0, stride);
    }
  }
}
