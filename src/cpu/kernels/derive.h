// Depthwise kernels made of larger ones: the middle taps, times a matrix that all channels share.
#pragma once
#include "update.h"

/** The middle [side, side] of a kernel [fromSide, fromSide, pitch], as side² taps. */
struct Middle {
  Offset data;
  int32_t fromSide, side, pitch;
  int taps() const { return side * side; }
  float* tap(int t) const {
    const int border = (fromSide - side) / 2;
    return at(data) + ((long)(border + t / side) * fromSide + border + t % side) * pitch;
  }
};

struct DeriveKernel {
  Middle from;
  Offset matrix;  // [taps in, taps out]
  Offset out;     // [taps out, stride]
  int32_t channels, stride;
};

struct DeriveKernelBackward {
  Middle from;
  Offset matrix;
  Offset gradient;  // [taps out, stride]
  int32_t channels, stride;
  Middle into;            // gradient of the kernel before: its border was cleared, its middle is written; pitch: stride
  Offset matrixGradient;  // [taps in, matrixStride]
  int32_t matrixStride;
};

/** The channels of one chunk, and none of the pad lanes. */
INLINE Range channelRange(int channels, int stride, int chunk) {
  Range own = chunkRange(stride, chunk, LANES);
  if (own.begin > channels) own.begin = channels;
  if (own.end > channels) own.end = channels;
  return own;
}

/** Calls `f` with each channel, by vectors and then one by one: nothing beyond the channels is touched. */
template <class F> INLINE void eachOf(Range own, F f) {
  int c = own.begin;
  for (; c + LANES <= own.end; c += LANES) f(c, (vec*)nullptr);
  for (; c < own.end; c++) f(c, (float*)nullptr);
}

INLINE vec none(vec*) { return vec{}; }
INLINE float none(float*) { return 0; }

NOINLINE void deriveKernel(const DeriveKernel& op, Chunks chunks, Scratch) {
  const int taps = op.from.taps();
  for (int chunk; chunks.next(chunk);) {
    const Range own = channelRange(op.channels, op.stride, chunk);
    for (int j = 0; j < taps; j++) {
      eachOf(own, [&](int c, auto kind) {
        auto sum = none(kind);
        for (int i = 0; i < taps; i++) sum = sum + get(op.from.tap(i) + c, kind) * at(op.matrix)[i * taps + j];
        put(at(op.out) + (long)j * op.stride + c, sum);
      });
    }
  }
}

NOINLINE void deriveKernelBackward(const DeriveKernelBackward& op, Chunks chunks, Scratch) {
  const int taps = op.from.taps();
  for (int chunk; chunks.next(chunk);) {
    const Range own = channelRange(op.channels, op.stride, chunk);
    for (int i = 0; i < taps; i++) {
      eachOf(own, [&](int c, auto kind) {
        auto sum = none(kind);
        for (int j = 0; j < taps; j++)
          sum = sum + get(at(op.gradient) + (long)j * op.stride + c, kind) * at(op.matrix)[i * taps + j];
        put(op.into.tap(i) + c, sum);
      });
    }
    const Range rows = chunkRange(taps, chunk, 1);
    for (int i = rows.begin; i < rows.end; i++) {
      for (int j = 0; j < taps; j++) {
        vec sums{};
        float sum = 0;
        eachOf({0, op.channels}, [&](int c, auto kind) {
          const auto product = get(op.from.tap(i) + c, kind) * get(at(op.gradient) + (long)j * op.stride + c, kind);
          if constexpr (sizeof(product) == sizeof(vec)) sums = sums + product;
          else sum += product;
        });
        at(op.matrixGradient)[(long)i * op.matrixStride + j] = sumLanes(sums) + sum;
      }
    }
  }
}
