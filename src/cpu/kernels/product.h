// Dense matrix products on blocks of rows, with the right-hand side packed into panels of a few vectors.
#pragma once
#include "activation.h"
#include "ahead.h"

/** Vectors in a panel at most. A tile of sums stays in registers: 4 × 8 floats in V8, which spills larger ones. */
constexpr int TILE_VECTORS = REGISTERS >= 32 || FUSED ? 3 : 2;

/** Rows of a tile of so many vectors. */
constexpr int tileRows(int vectors) {
  if (REGISTERS >= 32) return vectors == 1 ? 16 : 8;
  return FUSED && vectors == 1 ? 8 : 4;
}

/** Rows of the tile that takes what is left by one of `rows`. */
constexpr int smallerTile(int rows) { return rows > 4 ? rows / 2 : 1; }

/** Vectors of the next panel when `left` are to come: four are two and two, not three and one. */
INLINE int panelVectors(int left) {
  if (left == TILE_VECTORS + 1) return (left + 1) / 2;
  return left < TILE_VECTORS ? left : TILE_VECTORS;
}

/** Floats that packed panels of a [depth, columns] matrix take. */
constexpr long panelFloats(int depth, int columns) { return (long)depth * padded(columns); }

/**
 * Packs B [depth, columns] into panels. `row(k)` is the address of row k of a matrix with contiguous columns.
 */
template <class Row> INLINE void packPanels(float* out, int depth, int columns, Row row) {
  for (int c0 = 0, width; c0 < columns; c0 += width) {
    width = panelVectors((padded(columns) - c0) / LANES) * LANES;
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
  for (int c0 = 0, width; c0 < columns; c0 += width) {
    width = panelVectors((padded(columns) - c0) / LANES) * LANES;
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

template <int ROWS, int VECTORS>
INLINE void productRows(int r, int rows, const float* a, long aStride, const float* panel, int depth, float* c,
                        long cStride, const float* bias, Ahead& ahead) {
  for (; r + ROWS <= rows; r += ROWS, ahead.step())
    productTile<ROWS, VECTORS>(a + r * aStride, aStride, panel, depth, c + r * cStride, cStride, bias);
  if constexpr (ROWS > 1)
    productRows<smallerTile(ROWS), VECTORS>(r, rows, a, aStride, panel, depth, c, cStride, bias, ahead);
}

template <int VECTORS>
NOINLINE void productPanel(int rows, const float* a, long aStride, const float* panel, int depth, float* c,
                           long cStride, const float* bias, Ahead& ahead) {
  productRows<tileRows(VECTORS), VECTORS>(0, rows, a, aStride, panel, depth, c, cStride, bias, ahead);
}

/** About how many tiles a matrix [rows, columns] has. */
INLINE int tilesOf(int rows, int columns) {
  const int vectors = padded(columns) / LANES, height = tileRows(TILE_VECTORS);
  return (rows + height - 1) / height * ((vectors + TILE_VECTORS - 1) / TILE_VECTORS);
}

/** Calls `f` with a number of vectors as a compile-time constant. */
template <class F> INLINE void withVectors(int vectors, F f) {
  if (TILE_VECTORS > 2 && vectors == 3) return f(Constant<3>{});
  if (vectors == 2) return f(Constant<2>{});
  f(Constant<1>{});
}

/** C [rows, padded(columns)] = A [rows, depth] · B (+ bias [padded(columns)]). */
INLINE void product(int rows, const float* a, long aStride, const float* panels, int depth, int columns, float* c,
                    long cStride, const float* bias, Ahead& ahead) {
  const int vectors = padded(columns) / LANES;
  for (int v = 0, width; v < vectors; v += width) {
    width = panelVectors(vectors - v);
    const int column = v * LANES;
    withVectors(width, [&](auto n) {
      productPanel<decltype(n)::value>(rows, a, aStride, panels, depth, c + column, cStride,
                                       bias ? bias + column : nullptr, ahead);
    });
    panels += (long)depth * width * LANES;
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

template <int ROWS, int VECTORS>
INLINE void outerRows(int k, int n, int depth, const float* x, long xStride, const float* t, long tStride, float* c,
                      long cStride, Ahead& ahead) {
  for (; k + ROWS <= depth; k += ROWS, ahead.step())
    outerTile<ROWS, VECTORS>(n, x + k, xStride, t, tStride, c + k * cStride, cStride);
  if constexpr (ROWS > 1)
    outerRows<smallerTile(ROWS), VECTORS>(k, n, depth, x, xStride, t, tStride, c, cStride, ahead);
}

template <int VECTORS>
NOINLINE void outerPanel(int n, int depth, const float* x, long xStride, const float* t, long tStride, float* c,
                         long cStride, Ahead& ahead) {
  outerRows<tileRows(VECTORS), VECTORS>(0, n, depth, x, xStride, t, tStride, c, cStride, ahead);
}

/** C [depth, columns] += Xᵀ T over n rows of X [n, depth] and T [n, columns]; columns is a multiple of LANES. */
INLINE void outerProduct(int n, int depth, int columns, const float* x, long xStride, const float* t, long tStride,
                         float* c, Ahead& ahead) {
  const int vectors = columns / LANES;
  for (int v = 0, width; v < vectors; v += width) {
    width = panelVectors(vectors - v);
    withVectors(width, [&](auto count) {
      outerPanel<decltype(count)::value>(n, depth, x, xStride, t + v * LANES, tStride, c + v * LANES, columns,
                                            ahead);
    });
  }
}
