// SwiftPM wants a source file in a target of C; the code itself is in the library it links.
