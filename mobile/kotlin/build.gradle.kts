// The library for the JVM. `../../target/mobile/kotlin` holds the generated sources: `cargo xtask lang tests kotlin`
// writes them, as does `cargo xtask lang package kotlin`.

plugins {
    kotlin("jvm") version "2.2.20"
    `java-library`
    `maven-publish`
}

group = "dev.edgewarden"
version = "0.1.0"

val repository = rootDir.resolve("../..")
val target = repository.resolve("target")
val profile = providers.gradleProperty("edgewarden.profile").getOrElse("release")

dependencies {
    api("net.java.dev.jna:jna:5.13.0")
}

kotlin {
    jvmToolchain(17)
    compilerOptions.jvmTarget.set(org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11)
    sourceSets.main { kotlin.srcDir(target.resolve("mobile/kotlin")) }
}

java {
    sourceCompatibility = JavaVersion.VERSION_11
    targetCompatibility = JavaVersion.VERSION_11
    withSourcesJar()
}

val cargoBuild by tasks.registering(Exec::class) {
    description = "Builds the native library of this machine."
    workingDir = repository
    commandLine("cargo", "build", "--package", "edgewarden-mobile", "--profile", profile)
}

val generate by tasks.registering(Exec::class) {
    description = "Generates the Kotlin sources from the native library."
    dependsOn(cargoBuild)
    workingDir = repository
    val library = target.resolve("$profile/${System.mapLibraryName("edgewarden_mobile")}")
    val out = target.resolve("mobile/kotlin")
    inputs.file(library)
    outputs.dir(out)
    commandLine("cargo", "run", "--quiet", "--package", "edgewarden-bindgen", "--", "uniffi", library, "kotlin", out)
}

tasks.compileKotlin { dependsOn(generate) }
tasks.named("sourcesJar") { dependsOn(generate) }

tasks.processResources {
    dependsOn(cargoBuild)
    // Where JNA looks inside a jar.
    from(target.resolve("$profile/${System.mapLibraryName("edgewarden_mobile")}")) {
        into(jnaPlatform())
    }
}

/** The folder of this machine in a jar, as JNA names it. */
fun jnaPlatform(): String {
    val os = System.getProperty("os.name").lowercase()
    val arch = if (System.getProperty("os.arch") in listOf("aarch64", "arm64")) "aarch64" else "x86-64"
    return when {
        os.startsWith("mac") -> "darwin-$arch"
        os.startsWith("windows") -> "win32-$arch"
        else -> "linux-$arch"
    }
}

// The tests are programs, so that they also run where no test framework is at hand.
fun registerProgram(name: String, main: String, vararg arguments: String) = tasks.register<JavaExec>(name) {
    group = "verification"
    classpath = sourceSets.test.get().runtimeClasspath
    mainClass.set(main)
    args(*arguments)
    maxHeapSize = "256m"
}

val tests = registerProgram("tests", "dev.edgewarden.test.TestsKt")
val vectors = registerProgram("vectors", "dev.edgewarden.test.VectorsKt", repository.resolve("vectors").path)
registerProgram("bench", "dev.edgewarden.test.BenchKt")
tasks.check { dependsOn(tests, vectors) }

publishing {
    publications {
        create<MavenPublication>("library") {
            artifactId = "edgewarden-kotlin"
            from(components["java"])
            pom {
                name.set("Edgewarden")
                description.set("Scans prompts, tool results and model answers for attacks, secrets and personal data")
                url.set("https://github.com/edgewarden/edgewarden")
                licenses {
                    license { name.set("MIT") }
                    license { name.set("Apache-2.0") }
                }
            }
        }
    }
}
