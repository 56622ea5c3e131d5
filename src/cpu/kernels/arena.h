// Addresses, the division of work, and the two views of a tensor that fusing rests on: Source and Sink.
//
// Every activation tensor is [rows, stride] with rows = batch · height · width and stride = channels padded to LANES.
// The pad lanes hold anything: lanes never mix, except in a product's depth, which runs over true channels only.
// Weights keep their own full shape, unpadded, and are packed into scratch before use.
#pragma once
#include "activation.h"
#include "platform.h"

typedef int32_t Offset;  // bytes into the arena; 0: absent

template <class T = float> INLINE T* at(Offset offset) { return (T*)inArena((uint32_t)offset); }

INLINE float asFloat(int32_t bits) {
  union { int32_t i; float f; } u = {bits};
  return u.f;
}

/** Work is divided into this many chunks whatever the thread count, and sums are taken in chunk order. */
constexpr int CHUNKS = 8;

struct Range { int begin, end; };

/** The items of one chunk, in multiples of `granule`. */
INLINE Range chunkRange(int items, int chunk, int granule) {
  const int granules = (items + granule - 1) / granule;
  int begin = (int)((long long)granules * chunk / CHUNKS) * granule;
  int end = (int)((long long)granules * (chunk + 1) / CHUNKS) * granule;
  return {begin < items ? begin : items, end < items ? end : items};
}

/** Rows that an op which only passes over them reads at a time. */
constexpr int PASS_ROWS = 64;

INLINE int passRows(int row, int end) { return end - row < PASS_ROWS ? end - row : PASS_ROWS; }

/** Hands the chunks of one op to whichever thread is free. */
struct Chunks {
  int32_t* counter;
  bool next(int& chunk) { return (chunk = __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED)) < CHUNKS; }
};

/** One thread's working memory for the length of one op. */
struct Scratch {
  char* free;
  char* end;
  float* floats(long n) {
    float* p = (float*)free;
    free += (n * 4 + 63) & ~63L;
    if (free > end) __builtin_trap();  // the planner asked for too little
    return p;
  }
};

/** Rows of the block of `norm`: per-channel figures of a batch normalisation. */
enum NormRow { MEAN, INVERSE, SCALE, SHIFT, VARIANCE, NORM_ROWS };

/** A tensor as its reader sees it: gate · activation(scale · data + shift), computed while loading. */
struct Source {
  Offset data;
  Offset norm;  // [NORM_ROWS, stride]
  Offset gate;  // [batch, stride]
  int32_t activation;
  int32_t channels;
  int32_t stride;
  int32_t rowsPerImage;
  bool plain() const { return !norm && !gate && activation == NONE; }
};

/**
 * Where the gradient of a Source goes: slope(scale · data + shift) · gradient, plus `add`.
 * With `sums` [CHUNKS, 2, stride], the sums over rows of it and of it times the normalised data are kept.
 */
struct Sink {
  Offset out;
  Offset add;
  Offset data;
  Offset norm;
  int32_t activation;
  int32_t stride;
  Offset sums;
  bool plain() const { return !norm && activation == NONE; }
};

/** The gradient of a convolution's output: values, or a·values + b·data + c per channel (batch norm folded in). */
struct Gradient {
  Offset values;
  Offset data;
  Offset fold;  // [3, stride]
  int32_t stride;
};

/** Where rows go: `lines` of `rows` each, so that an image can be written into one with a border. */
struct Layout {
  float* out;
  int lines, rows;
  int rowStride;    // floats
  long lineStride;  // floats
};

/** VECTORS vectors of channels of rows of one image: what does not change from row to row stays in registers. */
template <int A, int VECTORS>
INLINE void transformStrip(const float* y, int stride, const float* norm, const float* gate, const Layout& to, int c) {
  vec scale[VECTORS], shift[VECTORS], factor[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    scale[v] = norm ? load(norm + SCALE * stride + v * LANES) : splat(1);
    shift[v] = norm ? load(norm + SHIFT * stride + v * LANES) : vec{};
    factor[v] = gate ? load(gate + v * LANES) : splat(1);
  }
  for (int line = 0; line < to.lines; line++) {
    float* out = to.out + line * to.lineStride + c;
    if (gate) {
      for (int r = 0; r < to.rows; r++, y += stride, out += to.rowStride)
UNROLL
        for (int v = 0; v < VECTORS; v++)
          store(out + v * LANES, activate<A>(multiplyAdd(load(y + v * LANES), scale[v], shift[v])) * factor[v]);
    } else {
      for (int r = 0; r < to.rows; r++, y += stride, out += to.rowStride)
UNROLL
        for (int v = 0; v < VECTORS; v++)
          store(out + v * LANES, activate<A>(multiplyAdd(load(y + v * LANES), scale[v], shift[v])));
    }
  }
}

/** Channels [begin, end) of lines of rows of a source, all in one image when it has a gate. */
NOINLINE void writeLines(const Source& x, long first, int begin, int end, const Layout& to) {
  const float *y = at(x.data) + first * x.stride, *norm = x.norm ? at(x.norm) : nullptr;
  if (x.plain()) {
    for (int line = 0; line < to.lines; line++)
      for (int r = 0; r < to.rows; r++, y += x.stride)
        for (int c = begin; c < end; c += LANES)
          store(to.out + line * to.lineStride + (long)r * to.rowStride + c - begin, load(y + c));
    return;
  }
  const float* gate = x.gate ? at(x.gate) + first / x.rowsPerImage * x.stride : nullptr;
  withActivation(x.activation, [&](auto a) {
    constexpr int A = decltype(a)::value;
    int c = begin;
    for (; c + 4 * LANES <= end; c += 4 * LANES)
      transformStrip<A, 4>(y + c, x.stride, norm ? norm + c : nullptr, gate ? gate + c : nullptr, to, c - begin);
    for (; c < end; c += LANES)
      transformStrip<A, 1>(y + c, x.stride, norm ? norm + c : nullptr, gate ? gate + c : nullptr, to, c - begin);
  });
}

/** All channels of rows of a source, written to out [rows, stride]. */
INLINE void writeRows(const Source& x, long first, int rows, float* out) {
  while (rows > 0) {
    const long left = (first / x.rowsPerImage + 1) * x.rowsPerImage - first;
    const int n = x.gate && left < rows ? (int)left : rows;
    writeLines(x, first, 0, x.stride, {out, 1, n, x.stride, 0});
    first += n;
    rows -= n;
    out += (long)n * x.stride;
  }
}

/** Rows of a source with its stride: in place when nothing is to be computed, else in `scratch` [rows, stride]. */
INLINE const float* readRows(const Source& x, long first, int rows, float* scratch) {
  if (x.plain()) return at(x.data) + first * x.stride;
  writeRows(x, first, rows, scratch);
  return scratch;
}

/** Vectors of channels that ops which sum over rows take together: their sums and figures must fit the registers. */
constexpr int STRIP = REGISTERS >= 32 ? 4 : 2;

/** VECTORS vectors of channels: the sums of one are a chain of additions, and one chain leaves the units idle. */
template <int A, int VECTORS>
INLINE void stripRows(const Sink& s, long first, int rows, float* sums, int c, const float* from) {
  vec mean[VECTORS], scale[VECTORS], shift[VECTORS], sum[VECTORS], product[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    const float* norm = s.norm ? at(s.norm) + c + v * LANES : nullptr;
    mean[v] = norm ? load(norm + MEAN * s.stride) : vec{};
    scale[v] = norm ? load(norm + SCALE * s.stride) : splat(1);
    shift[v] = norm ? load(norm + SHIFT * s.stride) : vec{};
    sum[v] = product[v] = vec{};
  }
  const float* y = at(s.data) + first * s.stride + c;
  const float* d = from + c;
  float* o = at(s.out) + first * s.stride + c;
  for (int r = 0; r < rows; r++, y += s.stride, d += s.stride, o += s.stride)
UNROLL
    for (int v = 0; v < VECTORS; v++) {
      const vec data = load(y + v * LANES);
      const vec g = load(d + v * LANES) * slope<A>(multiplyAdd(data, scale[v], shift[v]));
      if (A != NONE) store(o + v * LANES, g);
      sum[v] += g;
      product[v] = multiplyAdd(g, data - mean[v], product[v]);
    }
  if (!sums) return;
  for (int v = 0; v < VECTORS; v++) {
    float *own = sums + c + v * LANES, *with = own + s.stride;
    const vec inverse = s.norm ? load(at(s.norm) + INVERSE * s.stride + c + v * LANES) : vec{};
    store(own, load(own) + sum[v]);
    store(with, multiplyAdd(product[v], inverse, load(with)));
  }
}

/**
 * Turns rows of `from`, the gradient after the activation, into what a Sink promises. `from` [rows, s.stride] is the
 * sink's own `out` or, when there is nothing to write but sums, may be another tensor.
 */
NOINLINE void finishRows(const Sink& s, long first, int rows, float* sums, int begin, int end, const float* from) {
  if (s.add) {
    for (long r = first; r < first + rows; r++)
      for (int c = begin; c < end; c += LANES) {
        float* d = at(s.out) + r * s.stride + c;
        store(d, load(d) + load(at(s.add) + r * s.stride + c));
      }
  }
  if (s.plain()) return;
  withActivation(s.activation, [&](auto a) {
    constexpr int A = decltype(a)::value;
    int c = begin;
    for (; c + STRIP * LANES <= end; c += STRIP * LANES) stripRows<A, STRIP>(s, first, rows, sums, c, from);
    for (; c < end; c += LANES) stripRows<A, 1>(s, first, rows, sums, c, from);
  });
}

/** finishRows on rows that the sink's own `out` holds. */
INLINE void finishOwnRows(const Sink& s, long first, int rows, float* sums, int begin, int end) {
  finishRows(s, first, rows, sums, begin, end, at(s.out) + first * s.stride);
}

/** The chunk's own part of `sums`, cleared; null when the sink keeps none. */
INLINE float* clearedSums(const Sink& s, int chunk) {
  if (!s.sums) return nullptr;
  float* sums = at(s.sums) + (long)chunk * 2 * s.stride;
  zero(sums, 2 * s.stride);
  return sums;
}

template <int VECTORS>
INLINE void unfoldStrip(const Gradient& g, long first, const Layout& to, int c, int begin) {
  const float *d = at(g.values) + first * g.stride + c, *y = at(g.data) + first * g.stride + c;
  const float* fold = at(g.fold) + c;
  vec a[VECTORS], b[VECTORS], offset[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    a[v] = load(fold + v * LANES);
    b[v] = load(fold + g.stride + v * LANES);
    offset[v] = load(fold + 2 * g.stride + v * LANES);
  }
  for (int line = 0; line < to.lines; line++) {
    float* out = to.out + line * to.lineStride + c - begin;
    for (int r = 0; r < to.rows; r++, d += g.stride, y += g.stride, out += to.rowStride)
UNROLL
      for (int v = 0; v < VECTORS; v++)
        // Two roundings on every target: where a batch has but one row, the terms cancel exactly.
        store(out + v * LANES, load(d + v * LANES) * a[v] + multiplyAdd(load(y + v * LANES), b[v], offset[v]));
  }
}

/** Channels [begin, end) of lines of rows of a gradient, unfolded. */
NOINLINE void writeGradient(const Gradient& g, long first, int begin, int end, const Layout& to) {
  if (!g.fold) {
    const float* d = at(g.values) + first * g.stride;
    for (int line = 0; line < to.lines; line++)
      for (int r = 0; r < to.rows; r++, d += g.stride)
        for (int c = begin; c < end; c += LANES)
          store(to.out + line * to.lineStride + (long)r * to.rowStride + c - begin, load(d + c));
    return;
  }
  int c = begin;
  for (; c + 2 * LANES <= end; c += 2 * LANES) unfoldStrip<2>(g, first, to, c, begin);
  for (; c < end; c += LANES) unfoldStrip<1>(g, first, to, c, begin);
}

/** Rows of a gradient: in place, or unfolded into `scratch` [rows, stride]. */
INLINE const float* readGradient(const Gradient& g, long first, int rows, float* scratch) {
  if (!g.fold) return at(g.values) + first * g.stride;
  writeGradient(g, first, 0, g.stride, {scratch, 1, rows, g.stride, 0});
  return scratch;
}
