// Convolution as a product: 1×1 reads its rows in place, other kernels gather windows (im2col) block by block.
// Fully connected layers and both layers of squeeze-and-excitation are 1×1 convolutions, too.
#pragma once
#include "moments.h"
#include "product.h"

/** Rows that are computed, and then passed over again, while they are in the first-level cache. */
constexpr int BLOCK_ROWS = 64;

INLINE int blockRows(int row, int end) { return end - row < BLOCK_ROWS ? end - row : BLOCK_ROWS; }

/** Chunks of rows begin at multiples of this. */
constexpr int ROW_GRANULE = 4;

struct Window {
  int32_t kernelHeight, kernelWidth, stride, dilation, padTop, padLeft, height, width, outHeight, outWidth;
  bool pointwise() const { return taps() == 1 && stride == 1; }
  int taps() const { return kernelHeight * kernelWidth; }
  int outRows() const { return outHeight * outWidth; }
};

/** Weight [kernelHeight, kernelWidth, fullIn, fullOut], of which channels of the source and `out` columns are used. */
struct Kernel {
  Offset weight;
  Offset bias;
  int32_t fullIn, fullOut;
  int32_t out;
  const float* row(int k, int channels) const {
    return at(weight) + ((long)(k / channels) * fullIn + k % channels) * fullOut;
  }
};

struct ConvolutionForward {
  Source x;
  Window window;
  Kernel kernel;
  Offset y;
  int32_t yStride;
  int32_t rows;
  Offset moments;
};

struct ConvolutionBackward {
  Source x;
  Window window;
  Kernel kernel;
  Gradient gradient;
  int32_t rows;
  Sink sink;
  Offset weightGradient;  // [CHUNKS, depth, padded(out)]
  Offset biasGradient;    // [CHUNKS, padded(out)]
};

/** Copies n floats as whole vectors: reads and writes up to LANES - 1 beyond them. */
INLINE void copyOver(float* to, const float* from, int n) {
  for (int i = 0; i < n; i += LANES) store(to + i, load(from + i));
}

/**
 * Windows of rows [first, first + rows) of the output, all in one image, as out [rows, taps · channels]. Where pixels lie
 * closely and windows inside of the image, a window's row is one run of floats.
 */
NOINLINE void gatherWindows(const Window& w, const float* image, int imageStride, int channels, int first, int rows,
                            float* out, int outStride) {
  const int run = w.kernelWidth * channels;
  const bool close = imageStride == channels && w.dilation == 1;
  int h = first / w.outWidth, column = first % w.outWidth;
  for (int r = 0; r < rows; r++, column++) {
    if (column == w.outWidth) h++, column = 0;
    const int top = h * w.stride - w.padTop, left = column * w.stride - w.padLeft;
    const bool inside = close && left >= 0 && left + w.kernelWidth <= w.width;
    float* o = out + (long)r * outStride;
    for (int i = 0; i < w.kernelHeight; i++, o += run) {
      const int y = top + i * w.dilation;
      const float* line = image + (long)y * w.width * imageStride;
      if (y < 0 || y >= w.height) {
        zero(o, run);
      } else if (inside) {
        copyOver(o, line + left * channels, run);
      } else {
        for (int j = 0; j < w.kernelWidth; j++) {
          const int x = left + j * w.dilation;
          if (x < 0 || x >= w.width) zero(o + j * channels, channels);
          else copy(o + j * channels, line + (long)x * imageStride, channels);
        }
      }
    }
  }
}

/** The adjoint of gatherWindows: adds the windows' entries to the image. */
NOINLINE void scatterWindows(const Window& w, float* image, int imageStride, int channels, int first, int rows,
                             const float* windows, int windowStride) {
  for (int r = 0; r < rows; r++) {
    const int top = (first + r) / w.outWidth * w.stride - w.padTop;
    const int left = (first + r) % w.outWidth * w.stride - w.padLeft;
    const float* d = windows + (long)r * windowStride;
    for (int i = 0; i < w.kernelHeight; i++)
      for (int j = 0; j < w.kernelWidth; j++, d += channels) {
        const int row = top + i * w.dilation, column = left + j * w.dilation;
        if (row < 0 || row >= w.height || column < 0 || column >= w.width) continue;
        float* x = image + ((long)row * w.width + column) * imageStride;
        int c = 0;
        for (; c + LANES <= channels; c += LANES) store(x + c, load(x + c) + load(d + c));
        for (; c < channels; c++) x[c] += d[c];
      }
  }
}

/** The part of a chunk that is worked on at once: whole images for windows, the whole chunk for 1×1. */
struct Rows {
  const Window& window;
  int rows;
  Range images(int chunk) const {
    if (window.pointwise()) return {0, 1};
    return chunkRange(rows / window.outRows(), chunk, 1);
  }
  Range of(int image, int chunk) const {
    if (window.pointwise()) return chunkRange(rows, chunk, ROW_GRANULE);
    return {image * window.outRows(), (image + 1) * window.outRows()};
  }
};

/** The left-hand sides of the products of each group: rows of the source, or windows of one image of it. */
struct LeftSide {
  const Source& x;
  const Window& w;
  int channels;  // of a group
  int depth;
  long stride;
  float* block;    // [BLOCK_ROWS, stride], and a vector more
  float* picture;  // one image of a source that is not plain, for windows
  const float* image;

  LeftSide(const Source& source, const Window& window, int groups, Scratch& scratch)
      : x(source), w(window), channels(source.channels / groups), depth(window.taps() * channels),
        stride(window.pointwise() ? source.stride : padded(depth)), block(scratch.floats(BLOCK_ROWS * stride + LANES)),
        picture(nullptr), image(nullptr) {
    if (!w.pointwise() && !x.plain()) picture = scratch.floats((long)w.height * w.width * x.stride);
  }
  void enter(int number) {
    if (!w.pointwise()) image = readRows(x, (long)number * w.height * w.width, w.height * w.width, picture);
  }
  /** Those of group 0. */
  const float* rows(int number, int first, int n) { return w.pointwise() ? readRows(x, first, n, block) : windows(number, first, n, 0); }
  /** Those of a group, given those of group 0, which may be lost. */
  const float* ofGroup(int group, const float* rows, int number, int first, int n) {
    if (w.pointwise()) return rows + (long)group * channels;
    return group == 0 ? rows : windows(number, first, n, group);
  }

 private:
  const float* windows(int number, int first, int n, int group) {
    gatherWindows(w, image + group * channels, x.stride, channels, first - number * w.outRows(), n, block, (int)stride);
    return block;
  }
};

NOINLINE void convolutionForward(const ConvolutionForward& op, Chunks chunks, Scratch scratch) {
  LeftSide left(op.x, op.window, 1, scratch);
  float* panels = scratch.floats(panelFloats(left.depth, op.kernel.out));
  packPanels(panels, left.depth, op.kernel.out, [&](int k) { return op.kernel.row(k, op.x.channels); });
  float* bias = nullptr;
  if (op.kernel.bias) {
    bias = scratch.floats(op.yStride);
    for (int c = 0; c < op.yStride; c++) bias[c] = c < op.kernel.out ? at(op.kernel.bias)[c] : 0;
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
        Ahead ahead(tilesOf(n, op.kernel.out));
        const int next = r + n, more = blockRows(next, rows.end);
        if (left.w.pointwise()) ahead.add(at(op.x.data) + (long)next * op.x.stride, (long)more * op.x.stride);
        ahead.add(y + (long)n * op.yStride, (long)more * op.yStride);
        product(n, left.rows(image, r, n), left.stride, panels, left.depth, op.kernel.out, y, op.yStride, bias, ahead);
        if (!op.moments) continue;
        addMoments(moments, y, n, op.yStride, 0, op.yStride);
        *moments.count += n;
      }
    }
  }
}

INLINE void addRows(float* sum, const float* rows, int n, int stride) {
  for (int c = 0; c < stride; c += LANES) {
    vec s = load(sum + c);
    for (int r = 0; r < n; r++) s += load(rows + (long)r * stride + c);
    store(sum + c, s);
  }
}

NOINLINE void convolutionBackward(const ConvolutionBackward& op, Chunks chunks, Scratch scratch) {
  const Window& w = op.window;
  const Sink& sink = op.sink;
  const int out = op.kernel.out, outStride = op.gradient.stride, imageRows = w.height * w.width;
  LeftSide left(op.x, w, 1, scratch);
  const int depth = left.depth;
  float* unfolded = scratch.floats((long)BLOCK_ROWS * outStride);
  float *panels = nullptr, *windows = nullptr;
  if (sink.out) {
    panels = scratch.floats(panelFloats(out, depth));
    packTransposed(panels, out, depth, [&](int k) { return op.kernel.row(k, op.x.channels); });
    if (!w.pointwise()) windows = scratch.floats(BLOCK_ROWS * left.stride);
  }
  const Rows split{w, op.rows};
  for (int chunk; chunks.next(chunk);) {
    float* sums = clearedSums(sink, chunk);
    float* weightGradient = op.weightGradient ? at(op.weightGradient) + (long)chunk * depth * outStride : nullptr;
    float* biasGradient = op.biasGradient ? at(op.biasGradient) + (long)chunk * outStride : nullptr;
    if (weightGradient) zero(weightGradient, (long)depth * outStride);
    if (biasGradient) zero(biasGradient, outStride);
    const Range images = split.images(chunk);
    for (int image = images.begin; image < images.end; image++) {
      float* dx = sink.out ? at(sink.out) + (long)image * imageRows * sink.stride : nullptr;
      if (weightGradient) left.enter(image);
      if (windows) zero(dx, (long)imageRows * sink.stride);
      const Range rows = split.of(image, chunk);
      for (int r = rows.begin; r < rows.end; r += BLOCK_ROWS) {
        const int n = blockRows(r, rows.end);
        const float* dy = readGradient(op.gradient, r, n, unfolded);
        Ahead ahead((weightGradient ? tilesOf(depth, outStride) : 0) + (sink.out ? tilesOf(n, depth) : 0));
        const long next = r + n, more = blockRows(r + n, rows.end);
        ahead.add(at(op.gradient.values) + next * outStride, more * outStride);
        if (op.gradient.fold) ahead.add(at(op.gradient.data) + next * outStride, more * outStride);
        if (w.pointwise()) {
          ahead.add(at(op.x.data) + next * op.x.stride, more * op.x.stride);
          if (sink.out) ahead.add(at(sink.out) + next * sink.stride, more * sink.stride);
        }
        if (biasGradient) addRows(biasGradient, dy, n, outStride);
        if (weightGradient)
          outerProduct(n, depth, outStride, left.rows(image, r, n), left.stride, dy, outStride, weightGradient, ahead);
        if (!sink.out) continue;
        if (windows) {
          product(n, dy, outStride, panels, out, depth, windows, left.stride, nullptr, ahead);
          scatterWindows(w, dx, sink.stride, op.x.channels, r - image * w.outRows(), n, windows, (int)left.stride);
        } else {
          product(n, dy, outStride, panels, out, depth, at(sink.out) + (long)r * sink.stride, sink.stride, nullptr,
                  ahead);
          finishOwnRows(sink, r, n, sums, 0, sink.stride);
        }
      }
      if (windows) finishOwnRows(sink, (long)image * imageRows, imageRows, sums, 0, sink.stride);
    }
  }
}
