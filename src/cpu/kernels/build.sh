#!/bin/sh
# Builds kernels.wasm (or the file named by the first argument) from kernels.cpp with clang++ and wasm-ld,
# and prints the compiler's version, which src/cpu/wasm/compiler.txt records for the checked-in file.
# Loop strength reduction is off: it turns constant offsets, which a wasm load takes for nothing, into additions.
set -e
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../wasm/kernels.wasm}
cd "$here"
clang++ --target=wasm32 -std=c++17 -O3 -msimd128 -matomics -mbulk-memory -mmutable-globals \
  -fno-builtin -fno-math-errno -ffp-contract=off -fno-exceptions -fno-rtti -nostdlib -fvisibility=hidden \
  -mllvm -disable-lsr -Wall -Wextra -Werror -Wno-unused-function \
  -Wl,--no-entry -Wl,--import-memory -Wl,--shared-memory -Wl,--max-memory=4294967296 \
  -Wl,--export=run -Wl,--export=__stack_pointer -Wl,--allow-undefined -Wl,--strip-all \
  kernels.cpp -o "$out"
clang++ --version | head -n 1
