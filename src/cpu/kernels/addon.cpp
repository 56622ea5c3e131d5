// The native build: the kernels of one instruction set as a Node-API addon. native-build.ts compiles this file once for each
// instruction set, and a worker thread (worker.js) calls `run` as it calls the wasm build's.
#include "kernels.cpp"
#define NAPI_VERSION 8
#include <node_api.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

/** Asks for large pages for an arena, whenever it has grown: its tensors are larger than what small ones can address. */
static void useLargePages(void* start, size_t bytes) {
#ifdef __linux__
  static thread_local size_t known;
  if (bytes == known) return;
  known = bytes;
  madvise(start, bytes, MADV_HUGEPAGE);
#else
  (void)start, (void)bytes;
#endif
}

/** run(arena, plan, ops, thread, threads, scratch, scratchBytes, control, counters, times): see kernels.cpp. */
static napi_value runInArena(napi_env env, napi_callback_info info) {
  napi_value arguments[10];
  size_t count = 10;
  int32_t words[9];
  size_t bytes = 0;
  void* start = nullptr;
  bool right = napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr) == napi_ok && count == 10 &&
               napi_get_typedarray_info(env, arguments[0], nullptr, &bytes, &start, nullptr, nullptr) == napi_ok;
  for (int i = 0; right && i < 9; i++) right = napi_get_value_int32(env, arguments[i + 1], &words[i]) == napi_ok;
  if (!right) {
    napi_throw_error(env, nullptr, "internal error: expected an arena and nine words, got something else");
    return nullptr;
  }
  arenaOfThread = (char*)start;
  if (words[2] == 0) useLargePages(start, bytes);
  const int aborted =
      run(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7], words[8]);
  napi_value result;
  napi_create_int32(env, aborted, &result);
  return result;
}

/** Instruction sets of this file's three that the processor and the system have, the best first. */
static napi_value supported(napi_env env, napi_callback_info) {
  const char* names[3];
  uint32_t count = 0;
#ifdef __x86_64__
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    names[count++] = "avx512";
  if (avx2) names[count++] = "avx2";
#endif
  names[count++] = "baseline";
  napi_value list;
  napi_create_array_with_length(env, count, &list);
  for (uint32_t i = 0; i < count; i++) {
    napi_value name;
    napi_create_string_utf8(env, names[i], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i, name);
  }
  return list;
}

static void give(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  napi_value lanes;
  napi_create_int32(env, LANES, &lanes);
  napi_set_named_property(env, exports, "lanes", lanes);
  give(env, exports, "run", runInArena);
  give(env, exports, "supported", supported);
  return exports;
}
