/* Generated from the schema by `npm run types`: do not edit. */

/**
 * What `pipe doctor --json` prints.
 */
export interface DoctorOutput {
/**
 * Version of naspipe.
 */
naspipe: string
/**
 * Version of Node.
 */
node: string
/**
 * Whether naspipe supports it.
 */
nodeFits: boolean
/**
 * Operating system and processor.
 */
platform: string
probe?: Probe
/**
 * Why it could not be asked.
 */
probeFailure?: string
store: DoctorStore
/**
 * What is wrong with locks; absent: they work.
 */
lockFailure?: string
}
/**
 * What can train here; absent when that could not be asked.
 */
export interface Probe {
/**
 * Version of this format.
 */
v: 1
/**
 * Version of the arithmetic of all backends.
 */
numericsVersion: number
/**
 * CPU model.
 */
cpu: string
/**
 * Threads that this process may use at once.
 */
cores: number
/**
 * Memory of the machine, MiB.
 */
memoryMiB: number
/**
 * In the order of preference.
 */
backends: FoundBackend[]
/**
 * What latencies can be measured on besides the backends.
 */
runtimes: FoundRuntime[]
chosen?: RecordedBackend
device?: RecordedDevice
}
/**
 * A backend that was tried.
 */
export interface FoundBackend {
/**
 * Which backend.
 */
name: ("cpu" | "tf")
/**
 * Whether a training step worked.
 */
ok: boolean
info?: RecordedBackend
/**
 * Why it cannot be used.
 */
why?: string
/**
 * Images of 16×16 pixels that a tiny network trains on in a second; absent when it was not measured.
 */
imagesPerSecond?: number
/**
 * What to do for more speed; absent where it is as fast as it gets here.
 */
faster?: string
}
/**
 * A backend and how it was built.
 */
export interface RecordedBackend {
/**
 * Which backend; `onnx` only times passes.
 */
name: ("cpu" | "tf" | "onnx")
/**
 * `wasm`, `native`, `tfjs-node-gpu`, `tfjs-node`, `tfjs-cpu`, `onnxruntime-node`.
 */
build: string
/**
 * `wasm-simd128`, `avx512`, …: decides bits.
 */
instructionSet: string
/**
 * Worker threads; never changes bytes.
 */
threads: number
}
/**
 * A runtime that was tried.
 */
export interface FoundRuntime {
/**
 * Which runtime, as params name it.
 */
name: ("cpu-avx512" | "cpu-avx2" | "cpu-baseline" | "cpu-wasm" | "onnxruntime-node")
info?: RecordedBackend
/**
 * Why it cannot be used.
 */
why?: string
}
/**
 * The device that latencies are measured on.
 */
export interface RecordedDevice {
/**
 * Label given by the user, or the CPU model.
 */
name: string
/**
 * `x64`, `arm64`.
 */
arch: string
/**
 * Name and build of the backend.
 */
backend: string
/**
 * Instruction set it computes with.
 */
instructionSet: string
/**
 * Threads of the measured runs.
 */
threads: number
}
/**
 * Where artifacts lie.
 */
export interface DoctorStore {
/**
 * The directory.
 */
directory: string
/**
 * Whether there is a store.
 */
exists: boolean
/**
 * Free bytes of the disk.
 */
freeBytes: number
/**
 * Runs in it.
 */
runs: number
}
