// Dense matrix products on blocks of rows, with the right-hand side packed into panels of two vectors.
#pragma once
#include "simd.h"

constexpr int TILE_ROWS = 4;
constexpr int TILE_VECTORS = 2;  // 4 × 8 floats: larger tiles spill in V8

/** Floats that packed panels of a [depth, columns] matrix take. */
constexpr long panelFloats(int depth, int columns) { return (long)depth * padded(columns); }

/**
 * Packs B [depth, columns] into panels. `row(k)` is the address of row k of a matrix with contiguous columns.
 */
template <class Row> INLINE void packPanels(float* out, int depth, int columns, Row row) {
  for (int c0 = 0; c0 < columns; c0 += TILE_VECTORS * LANES) {
    const int left = padded(columns) - c0;
    const int width = left < TILE_VECTORS * LANES ? left : TILE_VECTORS * LANES;
    const int used = columns - c0 < width ? columns - c0 : width;
    for (int k = 0; k < depth; k++, out += width) {
      const float* b = row(k) + c0;
      copy(out, b, used);
      for (int j = used; j < width; j++) out[j] = 0;
    }
  }
}

/** Packs the transpose: column j of B is the row `row(j)`. */
template <class Row> INLINE void packTransposed(float* out, int depth, int columns, Row row) {
  for (int c0 = 0; c0 < columns; c0 += TILE_VECTORS * LANES) {
    const int left = padded(columns) - c0;
    const int width = left < TILE_VECTORS * LANES ? left : TILE_VECTORS * LANES;
    for (int j = 0; j < width; j++) {
      const float* b = c0 + j < columns ? row(c0 + j) : nullptr;
      for (int k = 0; k < depth; k++) out[(long)k * width + j] = b ? b[k] : 0;
    }
    out += (long)depth * width;
  }
}

template <int ROWS, int VECTORS>
INLINE void productTile(const float* a, long aStride, const float* panel, int depth, float* c, long cStride,
                        const float* bias) {
  vec sum[ROWS][VECTORS];
UNROLL
  for (int r = 0; r < ROWS; r++)
UNROLL
    for (int v = 0; v < VECTORS; v++) sum[r][v] = bias ? load(bias + v * LANES) : vec{};
  for (int k = 0; k < depth; k++, panel += VECTORS * LANES) {
    vec b[VECTORS];
UNROLL
    for (int v = 0; v < VECTORS; v++) b[v] = load(panel + v * LANES);
UNROLL
    for (int r = 0; r < ROWS; r++) {
      const vec x = loadSplat(a + r * aStride + k);
UNROLL
      for (int v = 0; v < VECTORS; v++) sum[r][v] = multiplyAdd(x, b[v], sum[r][v]);
    }
  }
UNROLL
  for (int r = 0; r < ROWS; r++)
UNROLL
    for (int v = 0; v < VECTORS; v++) store(c + r * cStride + v * LANES, sum[r][v]);
}

template <int VECTORS>
NOINLINE void productPanel(int rows, const float* a, long aStride, const float* panel, int depth, float* c,
                           long cStride, const float* bias) {
  int r = 0;
  for (; r + TILE_ROWS <= rows; r += TILE_ROWS)
    productTile<TILE_ROWS, VECTORS>(a + r * aStride, aStride, panel, depth, c + r * cStride, cStride, bias);
  for (; r < rows; r++)
    productTile<1, VECTORS>(a + r * aStride, aStride, panel, depth, c + r * cStride, cStride, bias);
}

/** C [rows, padded(columns)] = A [rows, depth] · B (+ bias [padded(columns)]). */
INLINE void product(int rows, const float* a, long aStride, const float* panels, int depth, int columns, float* c,
                    long cStride, const float* bias) {
  const int vectors = padded(columns) / LANES;
  for (int v = 0; v < vectors; v += TILE_VECTORS) {
    const int column = v * LANES;
    const float* b = bias ? bias + column : nullptr;
    if (vectors - v >= TILE_VECTORS) {
      productPanel<TILE_VECTORS>(rows, a, aStride, panels, depth, c + column, cStride, b);
      panels += (long)depth * TILE_VECTORS * LANES;
    } else {
      productPanel<1>(rows, a, aStride, panels, depth, c + column, cStride, b);
    }
  }
}

template <int ROWS, int VECTORS>
INLINE void outerTile(int n, const float* x, long xStride, const float* t, long tStride, float* c, long cStride) {
  vec sum[ROWS][VECTORS];
UNROLL
  for (int r = 0; r < ROWS; r++)
UNROLL
    for (int v = 0; v < VECTORS; v++) sum[r][v] = load(c + r * cStride + v * LANES);
  for (int i = 0; i < n; i++, x += xStride, t += tStride) {
    vec b[VECTORS];
UNROLL
    for (int v = 0; v < VECTORS; v++) b[v] = load(t + v * LANES);
UNROLL
    for (int r = 0; r < ROWS; r++) {
      const vec a = loadSplat(x + r);
UNROLL
      for (int v = 0; v < VECTORS; v++) sum[r][v] = multiplyAdd(a, b[v], sum[r][v]);
    }
  }
UNROLL
  for (int r = 0; r < ROWS; r++)
UNROLL
    for (int v = 0; v < VECTORS; v++) store(c + r * cStride + v * LANES, sum[r][v]);
}

template <int VECTORS>
NOINLINE void outerPanel(int n, int depth, const float* x, long xStride, const float* t, long tStride, float* c,
                         long cStride) {
  int k = 0;
  for (; k + TILE_ROWS <= depth; k += TILE_ROWS)
    outerTile<TILE_ROWS, VECTORS>(n, x + k, xStride, t, tStride, c + k * cStride, cStride);
  for (; k < depth; k++) outerTile<1, VECTORS>(n, x + k, xStride, t, tStride, c + k * cStride, cStride);
}

/** C [depth, columns] += Xᵀ T over n rows of X [n, depth] and T [n, columns]; columns is a multiple of LANES. */
INLINE void outerProduct(int n, int depth, int columns, const float* x, long xStride, const float* t, long tStride,
                         float* c) {
  const int vectors = columns / LANES;
  for (int v = 0; v < vectors; v += TILE_VECTORS) {
    if (vectors - v >= TILE_VECTORS)
      outerPanel<TILE_VECTORS>(n, depth, x, xStride, t + v * LANES, tStride, c + v * LANES, columns);
    else
      outerPanel<1>(n, depth, x, xStride, t + v * LANES, tStride, c + v * LANES, columns);
  }
}
