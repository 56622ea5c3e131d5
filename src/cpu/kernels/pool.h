// Spatial pooling: the border counts neither towards the mean nor the maximum.
#pragma once
#include "convolution.h"

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
        for (int c = 0; c < stride; c += LANES) {
          vec v = op.maximum ? load(x + ((long)p.top * w.width + p.left) * stride + c) : vec{};
          eachPixel(w, p, [&](long in) {
            const vec next = load(x + in * stride + c);
            v = op.maximum ? upper(v, next) : v + next;
          });
          store(y + out * stride + c, op.maximum ? v : v * splat(1.0f / p.pixels()));
        }
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
        for (int c = 0; c < stride; c += LANES) {
          const vec g = load(d + out * stride + c);
          if (!op.maximum) {
            const vec share = g * splat(1.0f / p.pixels());
            eachPixel(w, p, [&](long in) { store(o + in * stride + c, load(o + in * stride + c) + share); });
            continue;
          }
          vec best = load(x + ((long)p.top * w.width + p.left) * stride + c);
          eachPixel(w, p, [&](long in) { best = upper(best, load(x + in * stride + c)); });
          ints open = (ints){} == (ints){};
          eachPixel(w, p, [&](long in) {
            const ints here = open & (load(x + in * stride + c) == best);
            store(o + in * stride + c, load(o + in * stride + c) + choose(here, g, vec{}));
            open &= ~here;
          });
        }
      });
    }
  }
}
