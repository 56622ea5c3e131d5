// Spatial pooling: the border counts neither towards the mean nor the maximum.
#pragma once
#include "convolution.h"
#include "strips.h"

struct PoolForward {
  Source x;
  Window window;
  int32_t maximum;  // else the mean
  Offset y;
  int32_t images;
};

struct PoolBackward {
  Source x;
  Window window;
  int32_t maximum;
  Offset gradient;
  Offset out;
  int32_t images;
};

/** The input rows and columns under one output pixel. */
struct Patch {
  int top, bottom, left, right;
  int pixels() const { return (bottom - top) * (right - left); }
};

INLINE Patch patchOf(const Window& w, int h, int x) {
  Patch p{h * w.stride - w.padTop, 0, x * w.stride - w.padLeft, 0};
  p.bottom = p.top + w.kernelHeight < w.height ? p.top + w.kernelHeight : w.height;
  p.right = p.left + w.kernelWidth < w.width ? p.left + w.kernelWidth : w.width;
  if (p.top < 0) p.top = 0;
  if (p.left < 0) p.left = 0;
  return p;
}

template <class F> INLINE void eachPixel(const Window& w, const Patch& p, F f) {
  for (int h = p.top; h < p.bottom; h++)
    for (int x = p.left; x < p.right; x++) f((long)h * w.width + x);
}

template <class F> INLINE void eachPatch(const Window& w, F f) {
  for (int h = 0; h < w.outHeight; h++)
    for (int x = 0; x < w.outWidth; x++) f((long)h * w.outWidth + x, patchOf(w, h, x));
}

template <int VECTORS>
INLINE void poolStrip(const Window& w, const Patch& p, bool maximum, const float* x, int stride, float* y) {
  vec v[VECTORS];
  const float* first = x + ((long)p.top * w.width + p.left) * stride;
  UNROLL
  for (int i = 0; i < VECTORS; i++) v[i] = maximum ? load(first + i * LANES) : vec{};
  eachPixel(w, p, [&](long in) {
    UNROLL
    for (int i = 0; i < VECTORS; i++) {
      const vec next = load(x + in * stride + i * LANES);
      v[i] = maximum ? upper(v[i], next) : v[i] + next;
    }
  });
  const vec share = splat(1.0f / p.pixels());
  UNROLL
  for (int i = 0; i < VECTORS; i++) store(y + i * LANES, maximum ? v[i] : v[i] * share);
}

template <int VECTORS>
INLINE void unpoolMean(const Window& w, const Patch& p, int stride, const float* d, float* o) {
  vec share[VECTORS];
  UNROLL
  for (int i = 0; i < VECTORS; i++) share[i] = load(d + i * LANES) * splat(1.0f / p.pixels());
  eachPixel(w, p, [&](long in) {
    float* to = o + in * stride;
    UNROLL
    for (int i = 0; i < VECTORS; i++) store(to + i * LANES, load(to + i * LANES) + share[i]);
  });
}

template <int VECTORS>
INLINE void unpoolMaximum(const Window& w, const Patch& p, const float* x, int stride, const float* d, float* o) {
  vec best[VECTORS];
  ints open[VECTORS];
  poolStrip<VECTORS>(w, p, true, x, stride, (float*)best);
  UNROLL
  for (int i = 0; i < VECTORS; i++) open[i] = (ints){} == (ints){};
  eachPixel(w, p, [&](long in) {
    float* to = o + in * stride;
    UNROLL
    for (int i = 0; i < VECTORS; i++) {
      const ints here = open[i] & (load(x + in * stride + i * LANES) == best[i]);
      store(to + i * LANES, load(to + i * LANES) + choose(here, load(d + i * LANES), vec{}));
      open[i] &= ~here;
    }
  });
}

NOINLINE void poolForward(const PoolForward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const int stride = op.x.stride, pixels = w.height * w.width;
  float* block = op.x.plain() ? nullptr : scratch.floats((long)pixels * stride);
  for (int chunk; chunks.next(chunk);) {
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      const float* x = readRows(op.x, (long)image * pixels, pixels, block);
      float* y = at(op.y) + (long)image * w.outRows() * stride;
      eachPatch(w, [&](long out, Patch p) {
        eachStrip(stride, [&](int c, auto vectors) {
          poolStrip<decltype(vectors)::value>(w, p, op.maximum, x + c, stride, y + out * stride + c);
        });
      });
    }
  }
}

/** The gradient of a maximum goes to the first pixel that attains it. */
NOINLINE void poolBackward(const PoolBackward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const int stride = op.x.stride, pixels = w.height * w.width;
  float* block = op.x.plain() ? nullptr : scratch.floats((long)pixels * stride);
  for (int chunk; chunks.next(chunk);) {
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      const float* x = op.maximum ? readRows(op.x, (long)image * pixels, pixels, block) : nullptr;
      const float* d = at(op.gradient) + (long)image * w.outRows() * stride;
      float* o = at(op.out) + (long)image * pixels * stride;
      zero(o, (long)pixels * stride);
      eachPatch(w, [&](long out, Patch p) {
        eachStrip(stride, [&](int c, auto vectors) {
          constexpr int V = decltype(vectors)::value;
          if (op.maximum) unpoolMaximum<V>(w, p, x + c, stride, d + out * stride + c, o + c);
          else unpoolMean<V>(w, p, stride, d + out * stride + c, o + c);
        });
      });
    }
  }
}
