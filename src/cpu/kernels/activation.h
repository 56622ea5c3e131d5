// Activations and their slopes, chosen at compile time inside the loops.
#pragma once
#include "simd.h"

enum Activation : int32_t { NONE, RELU, RELU6, H_SWISH, SWISH, SIGMOID, HARD_SIGMOID, TANH };

INLINE vec sigmoid(vec z) { return splat(1) / (splat(1) + exponential(-z)); }

INLINE vec hardSigmoid(vec z) {
  return lower(upper(multiplyAdd(z, splat(1.0f / 6), splat(0.5f)), splat(0)), splat(1));
}

template <int A> INLINE vec activate(vec z) {
  switch (A) {
    case RELU: return upper(z, splat(0));
    case RELU6: return lower(upper(z, splat(0)), splat(6));
    case H_SWISH: return z * hardSigmoid(z);
    case SWISH: return z * sigmoid(z);
    case SIGMOID: return sigmoid(z);
    case HARD_SIGMOID: return hardSigmoid(z);
    case TANH: return splat(1) - splat(2) / (splat(1) + exponential(z + z));
    default: return z;
  }
}

/** x where the mask is set, else 0. */
INLINE vec where(ints mask, vec x) { return (vec)(mask & (ints)x); }

/** Derivative of the activation at z; 0 at the kinks' flat side. */
template <int A> INLINE vec slope(vec z) {
  const vec one = splat(1), none = splat(0);
  switch (A) {
    case RELU: return where(z > none, one);
    case RELU6: return where((z > none) & (z < splat(6)), one);
    case H_SWISH: {
      const vec inside = multiplyAdd(z, splat(1.0f / 3), splat(0.5f));
      return where(~(z <= splat(-3)), choose(z >= splat(3), one, inside));
    }
    case SWISH: {
      const vec s = sigmoid(z);
      return s * (one + z * (one - s));
    }
    case SIGMOID: {
      const vec s = sigmoid(z);
      return s * (one - s);
    }
    case HARD_SIGMOID: return where((z > splat(-3)) & (z < splat(3)), splat(1.0f / 6));
    case TANH: {
      const vec t = activate<TANH>(z);
      return one - t * t;
    }
    default: return one;
  }
}

template <int N> struct Constant { static constexpr int value = N; };

/** Calls `f` with the activation as a compile-time constant. */
template <class F> INLINE void withActivation(int32_t activation, F f) {
  switch (activation) {
    case RELU: return f(Constant<RELU>{});
    case RELU6: return f(Constant<RELU6>{});
    case H_SWISH: return f(Constant<H_SWISH>{});
    case SWISH: return f(Constant<SWISH>{});
    case SIGMOID: return f(Constant<SIGMOID>{});
    case HARD_SIGMOID: return f(Constant<HARD_SIGMOID>{});
    case TANH: return f(Constant<TANH>{});
    default: return f(Constant<NONE>{});
  }
}
