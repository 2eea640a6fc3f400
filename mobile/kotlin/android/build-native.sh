#!/usr/bin/env bash
# Builds the native libraries of the AAR with the NDK at $ANDROID_NDK_HOME (r28 or later: its linker aligns to the 16 KiB
# pages that Android 15 asks for), and generates the Kotlin sources.
set -euo pipefail

here="$(cd "$(dirname "$0")" && pwd)"
repository="$(cd "$here/../../.." && pwd)"
: "${ANDROID_NDK_HOME:?set ANDROID_NDK_HOME to the folder of the NDK}"
api=26
case "$(uname -s)" in
  Darwin) host=darwin-x86_64 ;;
  *) host=linux-x86_64 ;;
esac
tools="$ANDROID_NDK_HOME/toolchains/llvm/prebuilt/$host/bin"
[ -d "$tools" ] || { echo "$tools is missing" >&2; exit 1; }

cd "$repository"
export CARGO_TARGET_DIR="$repository/target"

build() { # target, ABI
  local variable
  variable="CARGO_TARGET_$(echo "$1" | tr 'a-z-' 'A-Z_')_LINKER"
  rustup target add "$1"
  env "$variable=$tools/$1$api-clang" cargo rustc --package edgewarden-mobile --lib --release \
    --crate-type cdylib --target "$1" -- -C link-arg=-Wl,-z,max-page-size=16384
  mkdir -p "$here/src/main/jniLibs/$2"
  cp "target/$1/release/libedgewarden_mobile.so" "$here/src/main/jniLibs/$2/"
}

build aarch64-linux-android arm64-v8a
build x86_64-linux-android x86_64

# The sources are the same for every machine; a library of this one is what the generator can read everywhere.
cargo build --package edgewarden-mobile --profile demo
case "$(uname -s)" in
  Darwin) library=target/demo/libedgewarden_mobile.dylib ;;
  *) library=target/demo/libedgewarden_mobile.so ;;
esac
cargo run --quiet --package edgewarden-bindgen -- uniffi "$library" kotlin target/mobile/kotlin-android
