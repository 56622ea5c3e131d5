// Bringing near what the next piece of work reads and writes while this one is computed. A store to a line that is far away
// waits for it as a load does, and the hardware foresees neither where channels are taken in blocks, a row apart.
#pragma once
#include "platform.h"

constexpr int LINE = 64;  // bytes

struct Ahead {
  /** `parts`: how often `step` will be called while the work at hand is done. */
  explicit Ahead(int parts) : parts(parts > 0 ? parts : 1), count(0) {}

  /** Floats of the next piece, all of them of a tensor: on some targets they are read. */
  void add(const float* next, long floats) {
    const char *line = (const char*)next, *end = (const char*)(next + floats);
    ranges[count++] = {line, end, ((end - line + LINE - 1) / LINE + parts - 1) / parts * LINE};
  }

  void step() {
    for (int i = 0; i < count; i++) {
      Range& r = ranges[i];
      const char* stop = r.end - r.line < r.share ? r.end : r.line + r.share;
      for (; r.line < stop; r.line += LINE) fetch(r.line);
    }
  }

 private:
  struct Range { const char *line, *end; long share; };
  int parts, count;
  Range ranges[4];
};
