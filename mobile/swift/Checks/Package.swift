// swift-tools-version: 6.0
import PackageDescription

let edgewarden = Target.Dependency.product(name: "Edgewarden", package: "Edgewarden")

let package = Package(
    name: "EdgewardenChecks",
    platforms: [.macOS(.v13)],
    dependencies: [.package(name: "Edgewarden", path: "..")],
    targets: [
        .executableTarget(name: "vectors", dependencies: [edgewarden]),
        .executableTarget(name: "bench", dependencies: [edgewarden]),
        .executableTarget(name: "leak", dependencies: [edgewarden]),
        .testTarget(name: "EdgewardenTests", dependencies: [edgewarden]),
    ],
    swiftLanguageModes: [.v6]
)
