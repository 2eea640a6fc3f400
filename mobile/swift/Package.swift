// swift-tools-version: 6.0
import PackageDescription

#if os(Linux)
    #if arch(x86_64)
        let platform = "linux-x86_64"
    #else
        let platform = "linux-aarch64"
    #endif
    // A static library has no portable place on Linux, so the folder is named to the linker. SwiftPM calls that unsafe
    // and allows it to the root package and to dependencies given by path.
    let native = Target.target(
        name: "EdgewardenFFI",
        linkerSettings: [
            .unsafeFlags(["-L\(Context.packageDirectory)/lib/\(platform)"]),
            .linkedLibrary("edgewarden_mobile"),
            // Before glibc 2.34 these were libraries of their own.
            .linkedLibrary("pthread"),
            .linkedLibrary("dl"),
            .linkedLibrary("m"),
        ])
#else
    let native = Target.binaryTarget(name: "EdgewardenFFI", path: "EdgewardenFFI.xcframework")
#endif

let package = Package(
    name: "Edgewarden",
    platforms: [.macOS(.v13), .iOS(.v16), .tvOS(.v16), .watchOS(.v9)],
    products: [.library(name: "Edgewarden", targets: ["Edgewarden"])],
    targets: [
        .target(name: "Edgewarden", dependencies: ["EdgewardenFFI"]),
        native,
    ],
    swiftLanguageModes: [.v6]
)
