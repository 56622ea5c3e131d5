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

/** VECTORS vectors of channels of rows of one image: what does not change from row to row stays in registers. */
template <int A, int VECTORS>
INLINE void transformStrip(const float* y, int stride, int rows, const float* norm, const float* gate, float* out,
                           int outStride) {
  vec scale[VECTORS], shift[VECTORS], factor[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    scale[v] = norm ? load(norm + SCALE * stride + v * LANES) : splat(1);
    shift[v] = norm ? load(norm + SHIFT * stride + v * LANES) : vec{};
    factor[v] = gate ? load(gate + v * LANES) : splat(1);
  }
  if (gate) {
    for (int r = 0; r < rows; r++, y += stride, out += outStride)
UNROLL
      for (int v = 0; v < VECTORS; v++)
        store(out + v * LANES, activate<A>(multiplyAdd(load(y + v * LANES), scale[v], shift[v])) * factor[v]);
  } else {
    for (int r = 0; r < rows; r++, y += stride, out += outStride)
UNROLL
      for (int v = 0; v < VECTORS; v++)
        store(out + v * LANES, activate<A>(multiplyAdd(load(y + v * LANES), scale[v], shift[v])));
  }
}

template <int A>
INLINE void transformRows(const Source& x, long first, int rows, float* out, int begin, int end, int outStride) {
  while (rows > 0) {
    const int image = (int)(first / x.rowsPerImage);
    const long left = (long)(image + 1) * x.rowsPerImage - first;
    const int n = x.gate && left < rows ? (int)left : rows;
    const float *y = at(x.data) + first * x.stride, *norm = x.norm ? at(x.norm) : nullptr;
    const float* gate = x.gate ? at(x.gate) + (long)image * x.stride : nullptr;
    int c = begin;
    for (; c + 4 * LANES <= end; c += 4 * LANES)
      transformStrip<A, 4>(y + c, x.stride, n, norm ? norm + c : nullptr, gate ? gate + c : nullptr, out + c - begin,
                           outStride);
    for (; c < end; c += LANES)
      transformStrip<A, 1>(y + c, x.stride, n, norm ? norm + c : nullptr, gate ? gate + c : nullptr, out + c - begin,
                           outStride);
    first += n;
    rows -= n;
    out += (long)n * outStride;
  }
}

/** Channels [begin, end) of rows of a source, written to out [rows, outStride]. */
NOINLINE void writeRows(const Source& x, long first, int rows, float* out, int begin, int end, int outStride) {
  if (x.plain()) {
    for (int r = 0; r < rows; r++)
      for (int c = begin; c < end; c += LANES)
        store(out + (long)r * outStride + c - begin, load(at(x.data) + (first + r) * x.stride + c));
    return;
  }
  withActivation(x.activation, [&](auto a) {
    transformRows<decltype(a)::value>(x, first, rows, out, begin, end, outStride);
  });
}

/** Rows of a source with its stride: in place when nothing is to be computed, else in `scratch` [rows, stride]. */
INLINE const float* readRows(const Source& x, long first, int rows, float* scratch) {
  if (x.plain()) return at(x.data) + first * x.stride;
  writeRows(x, first, rows, scratch, 0, x.stride, x.stride);
  return scratch;
}

template <int A>
INLINE void stripRows(const Sink& s, long first, int rows, float* sums, int begin, int end, const float* from) {
  const float* norm = s.norm ? at(s.norm) : nullptr;
  for (int c = begin; c < end; c += LANES) {
    vec mean{}, inverse{}, scale = splat(1), shift{}, sum{}, product{};
    if (norm) {
      mean = load(norm + MEAN * s.stride + c);
      inverse = load(norm + INVERSE * s.stride + c);
      scale = load(norm + SCALE * s.stride + c);
      shift = load(norm + SHIFT * s.stride + c);
    }
    const float* y = at(s.data) + first * s.stride + c;
    const float* d = from + c;
    float* o = at(s.out) + first * s.stride + c;
    for (int r = 0; r < rows; r++, y += s.stride, d += s.stride, o += s.stride) {
      const vec data = load(y);
      const vec g = load(d) * slope<A>(multiplyAdd(data, scale, shift));
      if (A != NONE) store(o, g);
      sum += g;
      product = multiplyAdd(g, data - mean, product);
    }
    if (sums) {
      store(sums + c, load(sums + c) + sum);
      store(sums + s.stride + c, multiplyAdd(product, inverse, load(sums + s.stride + c)));
    }
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
    stripRows<decltype(a)::value>(s, first, rows, sums, begin, end, from);
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
INLINE void unfoldStrip(const Gradient& g, long first, int rows, float* out, int c, int outStride) {
  const float *d = at(g.values) + first * g.stride + c, *y = at(g.data) + first * g.stride + c;
  const float* fold = at(g.fold) + c;
  vec a[VECTORS], b[VECTORS], offset[VECTORS];
UNROLL
  for (int v = 0; v < VECTORS; v++) {
    a[v] = load(fold + v * LANES);
    b[v] = load(fold + g.stride + v * LANES);
    offset[v] = load(fold + 2 * g.stride + v * LANES);
  }
  for (int r = 0; r < rows; r++, d += g.stride, y += g.stride, out += outStride)
UNROLL
    for (int v = 0; v < VECTORS; v++)
      // Two roundings on every target: where a batch has but one row, the terms cancel exactly.
      store(out + v * LANES, load(d + v * LANES) * a[v] + multiplyAdd(load(y + v * LANES), b[v], offset[v]));
}

/** Channels [begin, end) of rows of a gradient, unfolded into out [rows, outStride]. */
NOINLINE void writeGradient(const Gradient& g, long first, int rows, float* out, int begin, int end, int outStride) {
  if (!g.fold) {
    for (int r = 0; r < rows; r++)
      for (int c = begin; c < end; c += LANES)
        store(out + (long)r * outStride + c - begin, load(at(g.values) + (first + r) * g.stride + c));
    return;
  }
  int c = begin;
  for (; c + 2 * LANES <= end; c += 2 * LANES) unfoldStrip<2>(g, first, rows, out + c - begin, c, outStride);
  for (; c < end; c += LANES) unfoldStrip<1>(g, first, rows, out + c - begin, c, outStride);
}

/** Rows of a gradient: in place, or unfolded into `scratch` [rows, stride]. */
INLINE const float* readGradient(const Gradient& g, long first, int rows, float* scratch) {
  if (!g.fold) return at(g.values) + first * g.stride;
  writeGradient(g, first, rows, scratch, 0, g.stride, g.stride);
  return scratch;
}
