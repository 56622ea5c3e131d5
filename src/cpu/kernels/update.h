// Gradients summed over chunks, their norm, and the update of the used prefix of each weight.
#pragma once
#include "arena.h"

/** The used prefix [outer, rows, columns] of a weight [outer, fullRows, fullColumns], as rows of its own storage. */
struct Prefix {
  Offset weight;
  int32_t outer, rows, fullRows, columns, fullColumns;
  int count() const { return outer * rows; }
  long start(int row) const { return ((long)(row / rows) * fullRows + row % rows) * fullColumns; }
};

/** Adds parts 1, 2, … to part 0. */
struct GatherGradient {
  Offset gradient;  // [parts, floats]
  int32_t parts, floats;
};

/** Adds a gradient [outer, rows, stride] to one that is at least as large: weights with several readers. */
struct MergeGradient {
  Offset from;
  int32_t outer, rows, stride;
  Offset into;
  int32_t intoRows, intoStride;
  int32_t columns;  // of `from`: its pad lanes may lie where the larger one has columns
};

struct Clear {
  Offset out;
  int32_t floats;
};

struct SquaredNorm {
  Offset gradient;
  int32_t rows, columns, stride;
  Offset out;  // [CHUNKS]
};

/** scale = clip / max(norm, clip) over the partial squared norms of all weights. */
struct ClipScale {
  Offset squares;
  int32_t count;
  Offset clip;   // one float
  Offset scale;  // one float
};

/** Settings of a step that change without a new plan. */
enum Setting { LEARNING_RATE, WEIGHT_DECAY, EMA_DECAY, SMOOTHING, CLIP_NORM, GRADIENT_SCALE, TEACHER_RATIO };

struct Update {
  Prefix prefix;
  Offset gradient;  // [outer · rows, stride]
  int32_t stride;
  Offset velocity;  // like the weight; absent: no momentum
  int32_t momentum;  // float bits
  int32_t nesterov, decays;
  Offset settings;
};

struct Average {
  Prefix prefix;
  Offset average;  // like the weight
  Offset settings;
};

/** One row, vector by vector and then element by element: nothing beyond the prefix is written. */
template <class F> INLINE void eachElement(int columns, F f) {
  int c = 0;
  for (; c + LANES <= columns; c += LANES) f(c, (vec*)nullptr);
  for (; c < columns; c++) f(c, (float*)nullptr);
}

INLINE vec get(const float* p, vec*) { return load(p); }
INLINE float get(const float* p, float*) { return *p; }
INLINE void put(float* p, vec v) { store(p, v); }
INLINE void put(float* p, float v) { *p = v; }

NOINLINE void gatherGradient(const GatherGradient& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.floats, chunk, LANES);
    for (int i = own.begin; i < own.end; i += LANES) {
      float* g = at(op.gradient) + i;
      vec sum = load(g);
      for (int part = 1; part < op.parts; part++) sum += load(g + (long)part * op.floats);
      store(g, sum);
    }
  }
}

NOINLINE void mergeGradient(const MergeGradient& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.outer * op.rows, chunk, 1);
    for (int r = own.begin; r < own.end; r++) {
      const float* from = at(op.from) + (long)r * op.stride;
      float* into = at(op.into) + ((long)(r / op.rows) * op.intoRows + r % op.rows) * op.intoStride;
      eachElement(op.columns, [&](int c, auto kind) { put(into + c, get(into + c, kind) + get(from + c, kind)); });
    }
  }
}

NOINLINE void clear(const Clear& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.floats, chunk, LANES);
    zero(at(op.out) + own.begin, own.end - own.begin);
  }
}

NOINLINE void squaredNorm(const SquaredNorm& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.rows, chunk, 1);
    float total = 0;
    for (int r = own.begin; r < own.end; r++) {
      const float* g = at(op.gradient) + (long)r * op.stride;
      vec sum{};
      int c = 0;
      for (; c + LANES <= op.columns; c += LANES) sum = multiplyAdd(load(g + c), load(g + c), sum);
      float rest = sumLanes(sum);
      for (; c < op.columns; c++) rest += g[c] * g[c];
      total += rest;
    }
    at(op.out)[chunk] = total;
  }
}

NOINLINE void clipScale(const ClipScale& op, Chunks chunks, Scratch) {
  for (int chunk; chunks.next(chunk);) {
    if (chunk != 0) continue;
    double total = 0;
    for (int i = 0; i < op.count; i++) total += at(op.squares)[i];
    const double norm = __builtin_sqrt(total), clip = *at(op.clip);
    *at(op.scale) = norm > clip ? (float)(clip / norm) : 1.0f;
  }
}

NOINLINE void update(const Update& op, Chunks chunks, Scratch) {
  const float* settings = at(op.settings);
  const float rate = settings[LEARNING_RATE], scale = settings[GRADIENT_SCALE], momentum = asFloat(op.momentum);
  const float decay = op.decays ? settings[WEIGHT_DECAY] : 0;
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.prefix.count(), chunk, 1);
    for (int r = own.begin; r < own.end; r++) {
      float* w = at(op.prefix.weight) + op.prefix.start(r);
      float* v = op.velocity ? at(op.velocity) + op.prefix.start(r) : nullptr;
      const float* g = at(op.gradient) + (long)r * op.stride;
      eachElement(op.prefix.columns, [&](int c, auto kind) {
        auto weight = get(w + c, kind);
        auto gradient = get(g + c, kind) * scale + weight * decay;
        if (v) {
          auto velocity = get(v + c, kind) * momentum + gradient;
          put(v + c, velocity);
          gradient = op.nesterov ? gradient + velocity * momentum : velocity;
        }
        put(w + c, weight - gradient * rate);
      });
    }
  }
}

NOINLINE void average(const Average& op, Chunks chunks, Scratch) {
  const float old = at(op.settings)[EMA_DECAY];
  for (int chunk; chunks.next(chunk);) {
    const Range own = chunkRange(op.prefix.count(), chunk, 1);
    for (int r = own.begin; r < own.end; r++) {
      const float* w = at(op.prefix.weight) + op.prefix.start(r);
      float* e = at(op.average) + op.prefix.start(r);
      eachElement(op.prefix.columns, [&](int c, auto kind) {
        put(e + c, get(e + c, kind) * old + get(w + c, kind) * (1 - old));
      });
    }
  }
}
