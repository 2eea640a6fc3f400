// swift-tools-version: 6.0
import PackageDescription

let package = Package(
    name: "Consumer",
    platforms: [.macOS(.v13)],
    dependencies: [.package(path: "../Edgewarden")],
    targets: [
        .executableTarget(name: "consumer", dependencies: [.product(name: "Edgewarden", package: "Edgewarden")])
    ],
    swiftLanguageModes: [.v6]
)
