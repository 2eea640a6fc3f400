#!/usr/bin/env bash
# Builds EdgewardenFFI.xcframework for Package.swift: iOS devices, the iOS simulator and macOS.
#
# Needs a Mac with Xcode and rustup. Written on Linux, where only `cargo rustc` for aarch64-apple-ios could be run: the
# steps after it (lipo, xcodebuild) need Apple's tools.
#
# usage: mobile/swift/build-xcframework.sh OUT
#   OUT  a folder with EdgewardenFFI.h and EdgewardenFFI.modulemap as `cargo xtask lang package swift` writes them;
#        the framework is written there
set -euo pipefail

out=$(cd "${1:?usage: build-xcframework.sh OUT}" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
cd "$root"

device=(aarch64-apple-ios)
simulator=(aarch64-apple-ios-sim x86_64-apple-ios)
mac=(aarch64-apple-darwin x86_64-apple-darwin)
export IPHONEOS_DEPLOYMENT_TARGET=16.0 MACOSX_DEPLOYMENT_TARGET=13.0

rustup target add "${device[@]}" "${simulator[@]}" "${mac[@]}"
for triple in "${device[@]}" "${simulator[@]}" "${mac[@]}"; do
    # The static library alone: a dynamic one would have to be signed and embedded by every application.
    cargo rustc --package edgewarden-mobile --release --crate-type staticlib --target "$triple"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/headers"
cp "$out/EdgewardenFFI.h" "$work/headers/"
cp "$out/EdgewardenFFI.modulemap" "$work/headers/module.modulemap"

# One library per platform holds every architecture of it.
fat() {
    local name=$1
    shift
    mkdir "$work/$name"
    lipo -create "${@/#/$target/}" -output "$work/$name/libedgewarden_mobile.a"
}
fat ios "${device[@]/%//release/libedgewarden_mobile.a}"
fat simulator "${simulator[@]/%//release/libedgewarden_mobile.a}"
fat macos "${mac[@]/%//release/libedgewarden_mobile.a}"

rm -rf "$out/EdgewardenFFI.xcframework"
xcodebuild -create-xcframework \
    -library "$work/ios/libedgewarden_mobile.a" -headers "$work/headers" \
    -library "$work/simulator/libedgewarden_mobile.a" -headers "$work/headers" \
    -library "$work/macos/libedgewarden_mobile.a" -headers "$work/headers" \
    -output "$out/EdgewardenFFI.xcframework"
