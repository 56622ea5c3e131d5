// Channels in strips of a few vectors, so that what is looked at once for a pixel serves several.
#pragma once
#include "activation.h"

/** Calls `f` with the first channel of each strip of four vectors, and of two and one of what is left. */
template <class F> INLINE void eachStrip(int stride, F f) {
  int c = 0;
  for (; c + 4 * LANES <= stride; c += 4 * LANES) f(c, Constant<4>{});
  for (; c + 2 * LANES <= stride; c += 2 * LANES) f(c, Constant<2>{});
  for (; c < stride; c += LANES) f(c, Constant<1>{});
}
