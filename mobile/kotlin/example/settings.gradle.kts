dependencyResolutionManagement {
    repositories {
        // `gradle publishToMavenLocal` in the folder above puts the library here.
        mavenLocal()
        mavenCentral()
    }
}

rootProject.name = "edgewarden-example"
