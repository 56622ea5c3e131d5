// run-arena <file>: runs one plan, with one thread, in the arena that the file holds behind its header, and writes the arena
// back. For kernels of a processor that is emulated.
#include <stdio.h>
#include <stdlib.h>

#include "../../../src/cpu/kernels/kernels.cpp"

/** The job, whose addresses count from the start of an arena of `end` bytes. */
struct Header { int32_t end, plan, ops, scratch, scratchBytes, control, counters, unused; };

int main(int, char** words) {
  FILE* file = fopen(words[1], "r+b");
  Header job;
  if (!file || fread(&job, sizeof job, 1, file) != 1) abort();
  arenaOfThread = (char*)aligned_alloc(64, (job.end + 63) / 64 * 64);
  if (fread(arenaOfThread, 1, job.end, file) != (size_t)job.end) abort();
  if (run(job.plan, job.ops, 0, 1, job.scratch, job.scratchBytes, job.control, job.counters, 0) != 0) return 1;
  if (fseek(file, sizeof job, SEEK_SET) != 0 || fwrite(arenaOfThread, 1, job.end, file) != (size_t)job.end) abort();
  return fclose(file);
}
