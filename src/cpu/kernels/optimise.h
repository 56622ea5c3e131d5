// Updates of weights other than by stochastic gradient descent, and what may be done to their gradients before.
#pragma once
#include "update.h"

/** Limits each element of a gradient to ±limit. */
struct ClampGradient {
  Offset gradient;
  int32_t floats;
  Offset limit;  // one float
};

struct ScaleGradient {
  Offset gradient;
  int32_t floats;
  Offset factor;  // one float
};

struct UpdateRms {
  Prefix prefix;
  Offset gradient;  // [outer · rows, stride]
  int32_t stride;
  Offset squares, velocity;  // like the weight; velocity absent: no momentum
  int32_t decay, momentum, epsilon;  // float bits
  int32_t decays;
  Offset settings;
};

/** Counts a step of a weight: steps += 1; corrections = 1 / (1 - beta1^steps), 1 / √(1 - beta2^steps). */
struct AdamFigures {
  Offset steps;        // one float
  Offset corrections;  // two floats
  int32_t beta1, beta2;
};

struct UpdateAdam {
  Prefix prefix;
  Offset gradient;
  int32_t stride;
  Offset squares, velocity;
  Offset corrections;
  int32_t beta1, beta2, epsilon;  // float bits
  int32_t decoupled, decays;
  Offset settings;
};

INLINE vec clamped(vec x, float limit) { return lower(upper(x, splat(-limit)), splat(limit)); }
INLINE vec rootOf(vec x) { return squareRoot(x); }
INLINE float rootOf(float x) { return __builtin_sqrtf(x); }

NOINLINE void clampGradient(const ClampGradient& op, Chunks chunks, Scratch) {
  const float limit = *at(op.limit);
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.floats, chunk, LANES);
    for (int i = own.begin; i < own.end; i += LANES) {
      float* g = at(op.gradient) + i;
      store(g, clamped(load(g), limit));
    }
  }
}

NOINLINE void scaleGradient(const ScaleGradient& op, Chunks chunks, Scratch) {
  const vec factor = splat(*at(op.factor));
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.floats, chunk, LANES);
    for (int i = own.begin; i < own.end; i += LANES) {
      float* g = at(op.gradient) + i;
      store(g, load(g) * factor);
    }
  }
}

NOINLINE void updateRms(const UpdateRms& op, Chunks chunks, Scratch) {
  const float* settings = at(op.settings);
  const float rate = settings[LEARNING_RATE], scale = settings[GRADIENT_SCALE];
  const float old = asFloat(op.decay), momentum = asFloat(op.momentum), epsilon = asFloat(op.epsilon);
  const float decay = op.decays ? settings[WEIGHT_DECAY] : 0;
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.prefix.count(), chunk, 1);
    for (int r = own.begin; r < own.end; r++) {
      const long start = op.prefix.start(r);
      float *w = at(op.prefix.weight) + start, *s = at(op.squares) + start;
      float* v = op.velocity ? at(op.velocity) + start : nullptr;
      const float* g = at(op.gradient) + (long)r * op.stride;
      eachElement(op.prefix.columns, [&](int c, auto kind) {
        auto weight = get(w + c, kind);
        auto gradient = get(g + c, kind) * scale + weight * decay;
        auto square = get(s + c, kind) * old + gradient * gradient * (1 - old);
        put(s + c, square);
        auto change = gradient * rate / rootOf(square + epsilon);
        if (v) {
          change = get(v + c, kind) * momentum + change;
          put(v + c, change);
        }
        put(w + c, weight - change);
      });
    }
  }
}

INLINE double power(double base, long exponent) {
  double result = 1;
  for (; exponent > 0; exponent >>= 1, base *= base)
    if (exponent & 1) result *= base;
  return result;
}

NOINLINE void adamFigures(const AdamFigures& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    if (chunk != 0) continue;
    const long steps = (long)(*at(op.steps) += 1);
    at(op.corrections)[0] = (float)(1 / (1 - power(asFloat(op.beta1), steps)));
    at(op.corrections)[1] = (float)(1 / __builtin_sqrt(1 - power(asFloat(op.beta2), steps)));
  }
}

NOINLINE void updateAdam(const UpdateAdam& op, Chunks chunks, Scratch) {
  const float* settings = at(op.settings);
  const float rate = settings[LEARNING_RATE], scale = settings[GRADIENT_SCALE];
  const float beta1 = asFloat(op.beta1), beta2 = asFloat(op.beta2), epsilon = asFloat(op.epsilon);
  const float first = at(op.corrections)[0], second = at(op.corrections)[1];
  const float decay = op.decays ? settings[WEIGHT_DECAY] : 0;
  const float coupled = op.decoupled ? 0 : decay, shrink = op.decoupled ? 1 - rate * decay : 1;
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.prefix.count(), chunk, 1);
    for (int r = own.begin; r < own.end; r++) {
      const long start = op.prefix.start(r);
      float *w = at(op.prefix.weight) + start, *s = at(op.squares) + start, *v = at(op.velocity) + start;
      const float* g = at(op.gradient) + (long)r * op.stride;
      eachElement(op.prefix.columns, [&](int c, auto kind) {
        auto weight = get(w + c, kind);
        auto gradient = get(g + c, kind) * scale + weight * coupled;
        auto velocity = get(v + c, kind) * beta1 + gradient * (1 - beta1);
        auto square = get(s + c, kind) * beta2 + gradient * gradient * (1 - beta2);
        put(v + c, velocity);
        put(s + c, square);
        put(w + c, weight * shrink - velocity * first * rate / (rootOf(square) * second + epsilon));
      });
    }
  }
}
