// The library for Android: an AAR with the native libraries. Run ./build-native.sh first; it writes src/main/jniLibs
// and the generated sources.

plugins {
    id("com.android.library") version "8.13.0"
    kotlin("android") version "2.2.20"
    `maven-publish`
}

group = "dev.edgewarden"
version = "0.1.0"

android {
    namespace = "dev.edgewarden"
    compileSdk = 36

    defaultConfig {
        // java.time.Instant and ThreadLocal.withInitial, without desugaring.
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_11
        targetCompatibility = JavaVersion.VERSION_11
    }

    sourceSets.getByName("main") {
        kotlin.srcDirs("../../../target/mobile/kotlin-android", "../src/main/kotlin")
    }

    publishing { singleVariant("release") { withSourcesJar() } }
}

kotlin {
    compilerOptions.jvmTarget.set(org.jetbrains.kotlin.gradle.dsl.JvmTarget.JVM_11)
}

dependencies {
    api("net.java.dev.jna:jna:5.17.0@aar")
}

publishing {
    publications {
        register<MavenPublication>("release") {
            artifactId = "edgewarden-android"
            afterEvaluate { from(components["release"]) }
        }
    }
}
