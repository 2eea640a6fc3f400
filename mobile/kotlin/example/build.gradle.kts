plugins {
    kotlin("jvm") version "2.2.20"
    application
}

dependencies {
    implementation("dev.edgewarden:edgewarden-kotlin:0.1.0")
}

application {
    mainClass.set("MainKt")
}
