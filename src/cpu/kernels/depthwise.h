// Depthwise convolution with square windows of 1, 3, 5 or 7 pixels at stride 1 or 2, image by image and sixteen channels at a time: the block's picture, activated and with its
// zero border, is written once to scratch that stays in cache, and the inner loops need no bounds.
#pragma once
#include "convolution.h"

constexpr int CHANNEL_BLOCK = 16;
/** Output pixels computed together: as many sums as keep the arithmetic units busy and fit the registers. */
constexpr int RUN = REGISTERS >= 32 ? 8 : 4;

struct DepthwiseForward {
  Source x;
  Window window;
  Offset weight;  // [kernelHeight, kernelWidth, fullChannels]
  int32_t fullChannels;
  Offset y;  // stride of x
  int32_t images;
  Offset moments;
};

struct DepthwiseBackward {
  Source x;
  Window window;
  Offset weight;
  int32_t fullChannels;
  Gradient gradient;
  int32_t images;
  Sink sink;
  Offset weightGradient;  // [CHUNKS, taps, stride]
};

/** An image [height, width, CHANNEL_BLOCK] of scratch with a border of zeros. */
struct Picture {
  int height, width, top, left;
  float* data;
  float* pixel(int h, int w) const { return data + ((long)h * width + w) * CHANNEL_BLOCK; }
  long floats() const { return (long)height * width * CHANNEL_BLOCK; }
};

/** The picture that a forward window reads without bounds. */
INLINE Picture inputPicture(const Window& w, Scratch& scratch) {
  int height = (w.outHeight - 1) * w.stride + w.kernelHeight, width = (w.outWidth - 1) * w.stride + w.kernelHeight;
  if (height < w.padTop + w.height) height = w.padTop + w.height;
  if (width < w.padLeft + w.width) width = w.padLeft + w.width;
  Picture p{height, width, w.padTop, w.padLeft, nullptr};
  p.data = scratch.floats(p.floats());
  zero(p.data, p.floats());
  return p;
}

/** The picture of an output gradient that every tap of a window reads without bounds. */
INLINE Picture gradientPicture(const Window& w, Scratch& scratch) {
  const int border = w.kernelHeight - 1;
  Picture p{w.outHeight + 2 * border, w.outWidth + 2 * border, border, border, nullptr};
  p.data = scratch.floats(p.floats());
  zero(p.data, p.floats());
  return p;
}

INLINE void fillPicture(const Picture& p, const Source& x, const Window& w, int image, int begin, int end) {
  const long line = (long)p.width * CHANNEL_BLOCK;
  writeLines(x, (long)image * w.height * w.width, begin, end,
             {p.pixel(p.top, p.left), w.height, w.width, CHANNEL_BLOCK, line});
}

INLINE void fillGradient(const Picture& p, const Gradient& g, const Window& w, int image, int begin, int end) {
  const long line = (long)p.width * CHANNEL_BLOCK;
  writeGradient(g, (long)image * w.outRows(), begin, end,
                {p.pixel(p.top, p.left), w.outHeight, w.outWidth, CHANNEL_BLOCK, line});
}

/** Blocks of channels of a tensor, the last perhaps in part. */
INLINE int blocksOf(int stride) { return (stride + CHANNEL_BLOCK - 1) / CHANNEL_BLOCK; }

/** Weights as [blocks, taps, CHANNEL_BLOCK] with zeros in the pad lanes. */
INLINE float* packDepthwise(Offset weight, int taps, int full, int channels, int stride, Scratch& scratch) {
  float* packed = scratch.floats((long)blocksOf(stride) * taps * CHANNEL_BLOCK);
  for (int t = 0; t < taps; t++)
    for (int c = 0; c < blocksOf(stride) * CHANNEL_BLOCK; c++)
      packed[((long)(c / CHANNEL_BLOCK) * taps + t) * CHANNEL_BLOCK + c % CHANNEL_BLOCK] =
          c < channels ? at(weight)[(long)t * full + c] : 0;
  return packed;
}

template <int K, int S, int N>
INLINE void convolvePixels(const float* x, long rowStride, const float* w, float* y, int yStride) {
  vec sum[N];
UNROLL
  for (int t = 0; t < N; t++) sum[t] = vec{};
UNROLL
  for (int i = 0; i < K; i++) {
    vec pixel[(N - 1) * S + K];
UNROLL
    for (int q = 0; q < (N - 1) * S + K; q++) pixel[q] = load(x + i * rowStride + q * CHANNEL_BLOCK);
UNROLL
    for (int j = 0; j < K; j++) {
      const vec tap = load(w + (i * K + j) * CHANNEL_BLOCK);
UNROLL
      for (int t = 0; t < N; t++) sum[t] = multiplyAdd(pixel[t * S + j], tap, sum[t]);
    }
  }
UNROLL
  for (int t = 0; t < N; t++) store(y + t * yStride, sum[t]);
}

template <int K, int S, int N>
INLINE void convolveRuns(int o, const float* x, long rowStride, const float* w, float* y, int yStride, int n) {
  for (; o + N <= n; o += N)
    convolvePixels<K, S, N>(x + (long)o * S * CHANNEL_BLOCK, rowStride, w, y + (long)o * yStride, yStride);
  if constexpr (N > 1) convolveRuns<K, S, (N > 4 ? 4 : 1)>(o, x, rowStride, w, y, yStride, n);
}

/** One vector of channels of one output row. */
template <int K, int S>
NOINLINE void convolveRow(const float* x, long rowStride, const float* w, float* y, int yStride, int n) {
  convolveRuns<K, S, RUN>(0, x, rowStride, w, y, yStride, n);
}

template <int K, int S, int N>
INLINE void gatherTaps(const float* x, const float* d, vec* tap) {
  vec dy[N];
UNROLL
  for (int t = 0; t < N; t++) dy[t] = load(d + t * CHANNEL_BLOCK);
UNROLL
  for (int q = 0; q < (N - 1) * S + K; q++) {
    const vec pixel = load(x + q * CHANNEL_BLOCK);
UNROLL
    for (int t = 0; t < N; t++)
      if (q - t * S >= 0 && q - t * S < K) tap[q - t * S] = multiplyAdd(pixel, dy[t], tap[q - t * S]);
  }
}

/** Adds one output row's part of the gradient of one vector of weights, [K · K, CHANNEL_BLOCK]. */
template <int K, int S>
NOINLINE void weightRow(const float* x, long rowStride, const float* d, int n, float* gradient) {
  for (int i = 0; i < K; i++, x += rowStride, gradient += K * CHANNEL_BLOCK) {
    vec tap[K];
UNROLL
    for (int j = 0; j < K; j++) tap[j] = load(gradient + j * CHANNEL_BLOCK);
    int o = 0;
    for (; o + 4 <= n; o += 4)
      gatherTaps<K, S, 4>(x + (long)o * S * CHANNEL_BLOCK, d + (long)o * CHANNEL_BLOCK, tap);
    for (; o < n; o++) gatherTaps<K, S, 1>(x + (long)o * S * CHANNEL_BLOCK, d + (long)o * CHANNEL_BLOCK, tap);
UNROLL
    for (int j = 0; j < K; j++) store(gradient + j * CHANNEL_BLOCK, tap[j]);
  }
}

/**
 * Adds one image's part of the gradient of one vector of weights. Where they all fit, the sums of all taps stay in
 * registers: each is a chain of additions, and few chains leave the arithmetic units idle.
 */
template <int K, int S>
NOINLINE void weightImage(const float* x, long rowStride, const float* d, long dStride, int height, int n,
                          float* gradient) {
  if constexpr (K * K + 5 > REGISTERS || !FUSED) {
    for (int h = 0; h < height; h++, x += S * rowStride, d += dStride) weightRow<K, S>(x, rowStride, d, n, gradient);
  } else {
    vec tap[K][K];
    UNROLL
    for (int i = 0; i < K; i++)
      UNROLL
      for (int j = 0; j < K; j++) tap[i][j] = load(gradient + (i * K + j) * CHANNEL_BLOCK);
    for (int h = 0; h < height; h++, x += S * rowStride, d += dStride) {
      int o = 0;
      for (; o + 2 <= n; o += 2)
        UNROLL
        for (int i = 0; i < K; i++)
          gatherTaps<K, S, 2>(x + i * rowStride + (long)o * S * CHANNEL_BLOCK, d + (long)o * CHANNEL_BLOCK, tap[i]);
      for (; o < n; o++)
        UNROLL
        for (int i = 0; i < K; i++)
          gatherTaps<K, S, 1>(x + i * rowStride + (long)o * S * CHANNEL_BLOCK, d + (long)o * CHANNEL_BLOCK, tap[i]);
    }
    UNROLL
    for (int i = 0; i < K; i++)
      UNROLL
      for (int j = 0; j < K; j++) store(gradient + (i * K + j) * CHANNEL_BLOCK, tap[i][j]);
  }
}

/** Calls `f` with kernel size and stride as compile-time constants. */
template <class F> INLINE void withKernel(const Window& w, F f) {
  switch (w.kernelHeight * 2 + w.stride) {
    case 3: return f(Constant<1>{}, Constant<1>{});
    case 4: return f(Constant<1>{}, Constant<2>{});
    case 7: return f(Constant<3>{}, Constant<1>{});
    case 8: return f(Constant<3>{}, Constant<2>{});
    case 11: return f(Constant<5>{}, Constant<1>{});
    case 12: return f(Constant<5>{}, Constant<2>{});
    case 15: return f(Constant<7>{}, Constant<1>{});
    case 16: return f(Constant<7>{}, Constant<2>{});
    default: __builtin_trap();
  }
}

NOINLINE void depthwiseForward(const DepthwiseForward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const int stride = op.x.stride;
  const float* weights = packDepthwise(op.weight, w.taps(), op.fullChannels, op.x.channels, stride, scratch);
  const Picture picture = inputPicture(w, scratch);
  const long rowStride = (long)picture.width * CHANNEL_BLOCK, pixels = (long)w.height * w.width * stride;
  for (int chunk; chunks.next(chunk);) {
    Moments moments{};
    if (op.moments) moments = clearedMoments(op.moments, chunk, stride);
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      float* y = at(op.y) + (long)image * w.outRows() * stride;
      Ahead ahead(blocksOf(stride) * w.outHeight);
      if (image + 1 < images.end) {
        ahead.add(at(op.x.data) + (long)(image + 1) * pixels, pixels);
        ahead.add(y + (long)w.outRows() * stride, (long)w.outRows() * stride);
      }
      for (int begin = 0; begin < stride; begin += CHANNEL_BLOCK) {
        const int end = stride - begin < CHANNEL_BLOCK ? stride : begin + CHANNEL_BLOCK;
        fillPicture(picture, op.x, w, image, begin, end);
        withKernel(w, [&](auto k, auto s) {
          for (int h = 0; h < w.outHeight; h++, ahead.step())
            for (int c = begin; c < end; c += LANES)
              convolveRow<decltype(k)::value, decltype(s)::value>(
                  picture.pixel(h * w.stride, 0) + c - begin, rowStride,
                  weights + (long)begin * w.taps() + c - begin,
                  y + (long)h * w.outWidth * stride + c, stride, w.outWidth);
        });
        if (op.moments) addMoments(moments, y, w.outRows(), stride, begin, end);
      }
      if (op.moments) *moments.count += w.outRows();
    }
  }
}

/**
 * One phase of a strided transposed convolution along one axis: input positions at, at + stride, … receive output
 * position first, first + 1, … through taps tap, tap + stride, … of which there are `taps`.
 */
struct Phase { int at, tap, taps, first; };

INLINE Phase phaseOf(int at, int pad, int stride, int kernel) {
  const int tap = (at + pad) % stride;
  return {at, tap, tap < kernel ? (kernel - 1 - tap) / stride + 1 : 0, (at + pad - tap) / stride};
}

/** TAPS columns of taps, S apart; `rows` rows of taps, wRow apart. */
template <int TAPS, int S, int N>
INLINE void transposePixels(const float* d, long rowStride, const float* w, long wRow, int rows, float* dx, long step) {
  vec sum[N];
UNROLL
  for (int t = 0; t < N; t++) sum[t] = vec{};
  for (int i = 0; i < rows; i++, d -= rowStride, w += wRow) {
    vec pixel[N + TAPS - 1];
UNROLL
    for (int q = 0; q < N + TAPS - 1; q++) pixel[q] = load(d + (q - (TAPS - 1)) * CHANNEL_BLOCK);
UNROLL
    for (int j = 0; j < TAPS; j++) {
      const vec tap = load(w + j * S * CHANNEL_BLOCK);
UNROLL
      for (int t = 0; t < N; t++) sum[t] = multiplyAdd(pixel[t + TAPS - 1 - j], tap, sum[t]);
    }
  }
UNROLL
  for (int t = 0; t < N; t++) store(dx + t * step, sum[t]);
}

template <int TAPS, int S, int N>
INLINE void transposeRuns(int t, const float* d, long rowStride, const float* w, long wRow, int rows, float* dx,
                          long step, int n) {
  for (; t + N <= n; t += N)
    transposePixels<TAPS, S, N>(d + (long)t * CHANNEL_BLOCK, rowStride, w, wRow, rows, dx + t * step, step);
  if constexpr (N > 1) transposeRuns<TAPS, S, (N > 4 ? 4 : 1)>(t, d, rowStride, w, wRow, rows, dx, step, n);
}

template <int TAPS, int S>
NOINLINE void transposeRow(const float* d, long rowStride, const float* w, long wRow, int rows, float* dx, long step,
                           int n) {
  transposeRuns<TAPS, S, RUN>(0, d, rowStride, w, wRow, rows, dx, step, n);
}

/** One vector of channels of the input gradient at row `h`, all columns. dx points at column 0. */
INLINE void transposeImageRow(const Window& w, const Picture& d, int channel, const float* weights, int stride, int h,
                              float* dx) {
  const Phase v = phaseOf(h, w.padTop, w.stride, w.kernelHeight);
  const long rowStride = (long)d.width * CHANNEL_BLOCK, wRow = (long)w.stride * w.kernelHeight * CHANNEL_BLOCK;
  for (int column = 0; column < w.stride && column < w.width; column++) {
    const Phase u = phaseOf(column, w.padLeft, w.stride, w.kernelHeight);
    const int n = (w.width - column + w.stride - 1) / w.stride;
    const long step = (long)w.stride * stride;
    float* o = dx + (long)column * stride;
    if (v.taps == 0 || u.taps == 0) {
      for (int t = 0; t < n; t++) store(o + t * step, vec{});
      continue;
    }
    const float* p = d.pixel(v.first + d.top, u.first + d.left) + channel;
    const float* tap = weights + ((long)v.tap * w.kernelHeight + u.tap) * CHANNEL_BLOCK;
    switch (u.taps * 2 + w.stride) {
      case 3: transposeRow<1, 1>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 7: transposeRow<3, 1>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 11: transposeRow<5, 1>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 15: transposeRow<7, 1>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 4: transposeRow<1, 2>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 6: transposeRow<2, 2>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 8: transposeRow<3, 2>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      case 10: transposeRow<4, 2>(p, rowStride, tap, wRow, v.taps, o, step, n); break;
      default: __builtin_trap();
    }
  }
}

/** Gradients kept as packDepthwise packs weights, written out as [taps, stride]. */
INLINE void unpackDepthwise(const float* packed, int taps, int stride, float* out) {
  for (int t = 0; t < taps; t++)
    for (int c = 0; c < stride; c += LANES)
      store(out + (long)t * stride + c,
            load(packed + ((long)(c / CHANNEL_BLOCK) * taps + t) * CHANNEL_BLOCK + c % CHANNEL_BLOCK));
}

/** The sink's `out` may be the gradient's `values`: of an image, each block of channels is read before it is written. */
NOINLINE void depthwiseBackward(const DepthwiseBackward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const Sink& sink = op.sink;
  const int stride = op.x.stride, taps = w.taps();
  const long packed = (long)blocksOf(stride) * taps * CHANNEL_BLOCK;
  const float* weights = packDepthwise(op.weight, taps, op.fullChannels, op.x.channels, stride, scratch);
  float* gradient = scratch.floats(packed);
  const Picture input = inputPicture(w, scratch), output = gradientPicture(w, scratch);
  const long rowStride = (long)input.width * CHANNEL_BLOCK, pixels = (long)w.height * w.width * stride;
  const long outPixels = (long)w.outRows() * stride;
  for (int chunk; chunks.next(chunk);) {
    float* sums = clearedSums(sink, chunk);
    zero(gradient, packed);
    const Range images = chunkRange(op.images, chunk, 1);
    for (int image = images.begin; image < images.end; image++) {
      Ahead ahead(blocksOf(stride) * w.height);
      if (image + 1 < images.end) {
        const long next = image + 1;
        ahead.add(at(op.x.data) + next * pixels, pixels);
        ahead.add(at(op.gradient.values) + next * outPixels, outPixels);
        if (op.gradient.fold) ahead.add(at(op.gradient.data) + next * outPixels, outPixels);
        if (sink.out && sink.out != op.gradient.values) ahead.add(at(sink.out) + next * pixels, pixels);
      }
      for (int begin = 0; begin < stride; begin += CHANNEL_BLOCK) {
        const int end = stride - begin < CHANNEL_BLOCK ? stride : begin + CHANNEL_BLOCK;
        fillGradient(output, op.gradient, w, image, begin, end);
        fillPicture(input, op.x, w, image, begin, end);
        withKernel(w, [&](auto k, auto s) {
          for (int c = 0; c < end - begin; c += LANES)
            weightImage<decltype(k)::value, decltype(s)::value>(
                input.pixel(0, 0) + c, rowStride, output.pixel(output.top, output.left) + c,
                (long)output.width * CHANNEL_BLOCK, w.outHeight, w.outWidth, gradient + (long)begin * taps + c);
        });
        if (!sink.out) continue;
        for (int h = 0; h < w.height; h++) {
          const long row = ((long)image * w.height + h) * w.width;
          ahead.step();
          for (int c = begin; c < end; c += LANES)
            transposeImageRow(w, output, c - begin, weights + (long)begin * taps + c - begin, stride, h,
                              at(sink.out) + row * stride + c);
        }
        finishOwnRows(sink, (long)image * w.height * w.width, w.height * w.width, sums, begin, end);
      }
    }
    unpackDepthwise(gradient, taps, stride, at(op.weightGradient) + (long)chunk * taps * stride);
  }
}
