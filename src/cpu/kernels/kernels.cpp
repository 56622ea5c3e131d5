// The interpreter: every thread walks the same plan and meets the others at a barrier after each op.
#include "channels.h"
#include "depthwise-any.h"
#include "derive.h"
#include "few-rows.h"
#include "grouped.h"
#include "loss.h"
#include "meet.h"
#include "norm.h"
#include "optimise.h"
#include "pool.h"
#include "rows.h"
#include "scale.h"
#include "update.h"

#ifdef __wasm__
#define EXPORT extern "C" __attribute__((visibility("default")))

extern "C" {
void* memset(void* p, int c, unsigned long n) {
  for (unsigned long i = 0; i < n; i++) ((char*)p)[i] = (char)c;
  return p;
}
void* memcpy(void* to, const void* from, unsigned long n) {
  for (unsigned long i = 0; i < n; i++) ((char*)to)[i] = ((const char*)from)[i];
  return to;
}
}
#else
#define EXPORT static
#endif

/** Numbers of the ops; src/cpu/plan/ops.ts has the same list. */
enum Code : int32_t {
  CONVOLUTION_FORWARD, FEW_ROWS_FORWARD, CONVOLUTION_BACKWARD, DEPTHWISE_FORWARD, DEPTHWISE_BACKWARD,
  DEPTHWISE_ANY_FORWARD, DEPTHWISE_ANY_BACKWARD,
  DERIVE_KERNEL, DERIVE_KERNEL_BACKWARD,
  MOMENTS_OF_ROWS, NORM_FROM_BATCH, NORM_FROM_MOVING, NORM_GRADIENT,
  SCALE_FIGURES, FIXED_GRADIENT,
  COMBINE, COPY_CHANNELS, SUBSAMPLE_FORWARD, SUBSAMPLE_BACKWARD, MULTIPLY, IMAGE_SUM, DOT, UNAPPLY, UNFOLD, POOL_FORWARD, POOL_BACKWARD, LOSS,
  GROUPED_FORWARD, GROUPED_BACKWARD,
  GATHER_GRADIENT, MERGE_GRADIENT, CLEAR, SQUARED_NORM, CLIP_SCALE, UPDATE,
  CLAMP_GRADIENT, SCALE_GRADIENT, UPDATE_RMS, ADAM_FIGURES, UPDATE_ADAM, AVERAGE,
};

constexpr int OP_WORDS = 64;

struct Op {
  int32_t code;
  int32_t meets;  // 0: the next op does not depend on this one, no barrier follows
  int32_t words[OP_WORDS - 2];
};

template <class T> INLINE const T& as(const Op& op) {
  static_assert(sizeof(T) <= sizeof(op.words), "an op's record must fit its words");
  return *(const T*)op.words;
}

INLINE void perform(const Op& op, Chunks chunks, Scratch scratch) {
  switch (op.code) {
    case CONVOLUTION_FORWARD: return convolutionForward(as<ConvolutionForward>(op), chunks, scratch);
    case FEW_ROWS_FORWARD: return fewRowsForward(as<ConvolutionForward>(op), chunks, scratch);
    case CONVOLUTION_BACKWARD: return convolutionBackward(as<ConvolutionBackward>(op), chunks, scratch);
    case DEPTHWISE_FORWARD: return depthwiseForward(as<DepthwiseForward>(op), chunks, scratch);
    case DEPTHWISE_BACKWARD: return depthwiseBackward(as<DepthwiseBackward>(op), chunks, scratch);
    case DEPTHWISE_ANY_FORWARD: return depthwiseAnyForward(as<DepthwiseForward>(op), chunks, scratch);
    case DEPTHWISE_ANY_BACKWARD: return depthwiseAnyBackward(as<DepthwiseBackward>(op), chunks, scratch);
    case DERIVE_KERNEL: return deriveKernel(as<DeriveKernel>(op), chunks, scratch);
    case DERIVE_KERNEL_BACKWARD: return deriveKernelBackward(as<DeriveKernelBackward>(op), chunks, scratch);
    case MOMENTS_OF_ROWS: return momentsOfRows(as<MomentsOfRows>(op), chunks, scratch);
    case NORM_FROM_BATCH: return normFromBatch(as<NormFromBatch>(op), chunks, scratch);
    case NORM_FROM_MOVING: return normFromMoving(as<NormFromMoving>(op), chunks, scratch);
    case NORM_GRADIENT: return normGradient(as<NormGradient>(op), chunks, scratch);
    case SCALE_FIGURES: return scaleFigures(as<ScaleFigures>(op), chunks, scratch);
    case FIXED_GRADIENT: return fixedGradient(as<FixedGradient>(op), chunks, scratch);
    case COMBINE: return combine(as<Combine>(op), chunks, scratch);
    case COPY_CHANNELS: return copyChannels(as<CopyChannels>(op), chunks, scratch);
    case SUBSAMPLE_FORWARD: return subsampleForward(as<SubsampleForward>(op), chunks, scratch);
    case SUBSAMPLE_BACKWARD: return subsampleBackward(as<SubsampleBackward>(op), chunks, scratch);
    case MULTIPLY: return multiply(as<Multiply>(op), chunks, scratch);
    case IMAGE_SUM: return imageSum(as<ImageSum>(op), chunks, scratch);
    case DOT: return dot(as<Dot>(op), chunks, scratch);
    case UNAPPLY: return unapply(as<Unapply>(op), chunks, scratch);
    case UNFOLD: return unfold(as<Unfold>(op), chunks, scratch);
    case POOL_FORWARD: return poolForward(as<PoolForward>(op), chunks, scratch);
    case POOL_BACKWARD: return poolBackward(as<PoolBackward>(op), chunks, scratch);
    case LOSS: return loss(as<Loss>(op), chunks, scratch);
    case GROUPED_FORWARD: return groupedForward(as<GroupedForward>(op), chunks, scratch);
    case GROUPED_BACKWARD: return groupedBackward(as<GroupedBackward>(op), chunks, scratch);
    case GATHER_GRADIENT: return gatherGradient(as<GatherGradient>(op), chunks, scratch);
    case MERGE_GRADIENT: return mergeGradient(as<MergeGradient>(op), chunks, scratch);
    case CLEAR: return clear(as<Clear>(op), chunks, scratch);
    case SQUARED_NORM: return squaredNorm(as<SquaredNorm>(op), chunks, scratch);
    case CLIP_SCALE: return clipScale(as<ClipScale>(op), chunks, scratch);
    case UPDATE: return update(as<Update>(op), chunks, scratch);
    case CLAMP_GRADIENT: return clampGradient(as<ClampGradient>(op), chunks, scratch);
    case SCALE_GRADIENT: return scaleGradient(as<ScaleGradient>(op), chunks, scratch);
    case UPDATE_RMS: return updateRms(as<UpdateRms>(op), chunks, scratch);
    case ADAM_FIGURES: return adamFigures(as<AdamFigures>(op), chunks, scratch);
    case UPDATE_ADAM: return updateAdam(as<UpdateAdam>(op), chunks, scratch);
    case AVERAGE: return average(as<Average>(op), chunks, scratch);
    default: __builtin_trap();
  }
}

/**
 * One thread's part of one run of a plan. `counters` has one word an op; `times`, when present, one float an op, to
 * which thread 0 adds the milliseconds that the op took. Returns 0, or 1 when the job was aborted.
 */
EXPORT int run(Offset plan, int ops, int thread, int threads, Offset scratch, int scratchBytes, Offset control,
               Offset counters, Offset times) {
  Control& c = *at<Control>(control);
  if (thread == 0)
    for (int i = 0; i < ops; i++) at<int32_t>(counters)[i] = 0;
  if (!meet(c, threads)) return 1;
  char* own = at<char>(scratch) + (long)thread * scratchBytes;
  for (int i = 0; i < ops; i++) {
    const Op& op = at<Op>(plan)[i];
    const double start = times && thread == 0 ? now() : 0;
    perform(op, {at<int32_t>(counters) + i}, {own, own + scratchBytes});
    if (op.meets && !meet(c, threads)) return 1;
    if (times && thread == 0) at(times)[i] += (float)(now() - start);
  }
  return meet(c, threads) ? 0 : 1;
}
