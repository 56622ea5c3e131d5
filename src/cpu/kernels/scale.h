// Per-channel figures that do not depend on the data: channel multipliers, normalisation by fixed statistics.
#pragma once
#include "norm.h"

/** The figures of a normalisation that only multiplies: mean 0, deviation 1, no shift. */
struct ScaleFigures {
  int32_t channels, stride;
  Offset weight;
  Offset norm;
};

/** Backward through fixed figures: dx = scale · g. */
struct FixedGradient {
  Offset sums;  // [CHUNKS, 2, stride]
  int32_t channels, stride;
  Offset norm;
  Offset fold;             // [3, stride]
  Offset weightGradient;   // [stride]
  Offset shiftGradient;    // [stride]; absent: there is no shift
};

NOINLINE void scaleFigures(const ScaleFigures& op, Chunks chunks, Scratch) {
  float* norm = at(op.norm);
  for (int chunk; chunks.next(chunk);) {
    if (chunk != 0) continue;
    zero(norm, (long)NORM_ROWS * op.stride);
    for (int c = 0; c < op.channels; c++) {
      norm[INVERSE * op.stride + c] = norm[VARIANCE * op.stride + c] = 1;
      norm[SCALE * op.stride + c] = at(op.weight)[c];
    }
  }
}

NOINLINE void fixedGradient(const FixedGradient& op, Chunks chunks, Scratch) {
  float* fold = at(op.fold);
  for (int chunk; chunks.next(chunk);) {
    if (chunk != 0) continue;
    zero(fold, (long)3 * op.stride);
    for (int c = 0; c < op.channels; c++) {
      float sum = 0, product = 0;
      for (int part = 0; part < CHUNKS; part++) {
        const float* s = at(op.sums) + (long)part * 2 * op.stride + c;
        sum += s[0];
        product += s[op.stride];
      }
      fold[c] = at(op.norm)[SCALE * op.stride + c];
      at(op.weightGradient)[c] = product;
      if (op.shiftGradient) at(op.shiftGradient)[c] = sum;
    }
  }
}
