// Softmax cross-entropy with label smoothing: the target is (1 - ε)·onehot + ε/classes (Szegedy et al. 2016, §7).
// With a teacher, the cross-entropy with its probabilities is added, times a ratio.
#pragma once
#include "arena.h"

struct Loss {
  Offset logits;
  int32_t rows, classes, stride;
  Offset labels;     // int32 [rows]
  Offset smoothing;  // one float
  Offset gradient;   // [rows, stride], of the mean over rows; absent: not wanted
  Offset losses;     // [rows]
  Offset correct;    // int32 [rows]: 1 where the first largest logit is the label's
  int32_t weight;    // float bits: factor of losses and gradients
  Offset teacher;    // probabilities [rows, classes]; absent: there is none
  Offset ratio;      // one float
};

NOINLINE void loss(const Loss& op, Chunks chunks, Scratch scratch) {
  float* e = scratch.floats(op.stride);
  const float smoothing = *at(op.smoothing), spread = smoothing / (float)op.classes;
  const float weight = asFloat(op.weight);
  for (int chunk; chunks.next(chunk);) {
    const Range rows = chunkRange(op.rows, chunk, 1);
    for (int r = rows.begin; r < rows.end; r++) {
      const float* z = at(op.logits) + (long)r * op.stride;
      const int label = at<int32_t>(op.labels)[r];
      int best = 0;
      for (int c = 1; c < op.classes; c++)
        if (z[c] > z[best]) best = c;
      const float top = z[best];
      for (int c = 0; c < op.stride; c += LANES) store(e + c, exponential(load(z + c) - splat(top)));
      float total = 0, plain = 0;
      for (int c = 0; c < op.classes; c++) {
        total += e[c];
        plain += z[c] - top;
      }
      float loss = logarithm(total) - (1 - smoothing) * (z[label] - top) - spread * plain;
      const float* teacher = op.teacher ? at(op.teacher) + (long)r * op.classes : nullptr;
      float taught = 0, mass = 0;
      if (teacher) {
        for (int c = 0; c < op.classes; c++) {
          taught += teacher[c] * (z[c] - top);
          mass += teacher[c];
        }
        loss += *at(op.ratio) * (mass * logarithm(total) - taught);
      }
      at(op.losses)[r] = weight * loss;
      at<int32_t>(op.correct)[r] = best == label;
      if (!op.gradient) continue;
      float* d = at(op.gradient) + (long)r * op.stride;
      for (int c = 0; c < op.stride; c++) {
        const float target = spread + (c == label ? 1 - smoothing : 0);
        if (c >= op.classes) {
          d[c] = 0;
          continue;
        }
        float g = e[c] / total - target;
        if (teacher) g += *at(op.ratio) * (mass * (e[c] / total) - teacher[c]);
        d[c] = weight * (g / (float)op.rows);
      }
    }
  }
}
