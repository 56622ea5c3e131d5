// run-plans <file>…: runs plans that sanitize.test.ts wrote, with one thread and with three, in an arena between pages that
// nobody may touch. Compiled with AddressSanitizer, all of the arena but the buffers is out of bounds, too. Says which
// file differs by the number of threads; a sanitizer's report ends the process.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "../../../src/cpu/kernels/kernels.cpp"

#if defined(__SANITIZE_ADDRESS__) || (defined(__has_feature) && __has_feature(address_sanitizer))
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#define ASAN_UNPOISON_MEMORY_REGION(at, bytes) ((void)(at), (void)(bytes))
#endif

constexpr int MOST_THREADS = 3;
constexpr int CONTROL = 1024;
constexpr size_t PAGE = 4096;

/** The first region: how often threads asked for work, which goes by their number. */
constexpr int COUNTERS = 0;

/** What comes before the regions [start, end) and the bytes [first, end) of a file. */
struct Header {
  int32_t first, end, plan, ops, scratch, scratchBytes, counters, regions;
};
struct Region { int32_t start, end; };

struct Part {
  const Header* job;
  char* arena;
  int thread, threads, aborted;
};

static void* runPart(void* argument) {
  Part& p = *(Part*)argument;
  arenaOfThread = p.arena;
  p.aborted = run(p.job->plan, p.job->ops, p.thread, p.threads, p.job->scratch, p.job->scratchBytes, CONTROL,
                  p.job->counters, 0);
  return nullptr;
}

/** FNV-1a of all regions but the first after a run. */
static uint64_t digestOfRun(const Header& job, const Region* regions, const char* bytes, int threads) {
  const size_t size = (job.end + PAGE - 1) / PAGE * PAGE;
  char* pages = (char*)mmap(nullptr, size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(pages + PAGE, size, PROT_READ | PROT_WRITE) != 0) abort();
  // The arena ends where the page begins that nobody may touch.
  char* arena = pages + PAGE + (size - job.end);
  memcpy(arena + job.first, bytes, job.end - job.first);
  ASAN_POISON_MEMORY_REGION(arena, job.end);
  ASAN_UNPOISON_MEMORY_REGION(arena + CONTROL, sizeof(Control));
  for (int i = 0; i < job.regions; i++)
    ASAN_UNPOISON_MEMORY_REGION(arena + regions[i].start, regions[i].end - regions[i].start);
  ASAN_UNPOISON_MEMORY_REGION(arena + job.scratch, (size_t)threads * job.scratchBytes);

  pthread_t handles[MOST_THREADS];
  Part parts[MOST_THREADS];
  for (int i = 0; i < threads; i++) {
    parts[i] = {&job, arena, i, threads, 0};
    if (pthread_create(&handles[i], nullptr, runPart, &parts[i]) != 0) abort();
  }
  for (int i = 0; i < threads; i++) {
    pthread_join(handles[i], nullptr);
    if (parts[i].aborted) abort();
  }
  uint64_t digest = 14695981039346656037u;
  for (int i = COUNTERS + 1; i < job.regions; i++)
    for (int at = regions[i].start; at < regions[i].end; at++)
      digest = (digest ^ (unsigned char)arena[at]) * 1099511628211u;
  ASAN_UNPOISON_MEMORY_REGION(arena, job.end);
  munmap(pages, size + 2 * PAGE);
  return digest;
}

int main(int count, char** files) {
  int wrong = 0;
  for (int i = 1; i < count; i++) {
    FILE* file = fopen(files[i], "rb");
    Header job;
    if (!file || fread(&job, sizeof job, 1, file) != 1) abort();
    Region* regions = (Region*)malloc(job.regions * sizeof(Region));
    char* bytes = (char*)malloc(job.end - job.first);
    if (fread(regions, sizeof(Region), job.regions, file) != (size_t)job.regions) abort();
    if (fread(bytes, 1, job.end - job.first, file) != (size_t)(job.end - job.first)) abort();
    fclose(file);
    const uint64_t one = digestOfRun(job, regions, bytes, 1), three = digestOfRun(job, regions, bytes, MOST_THREADS);
    if (one != three) {
      fprintf(stderr, "%s: one thread gives other bytes than three\n", files[i]);
      wrong = 1;
    }
    free(regions);
    free(bytes);
  }
  printf("%d plans\n", count - 1);
  return wrong;
}
