//! Kotlin and Swift around the native library, with the few places changed that the generator leaves no other way to.

use std::fs;
use std::path::Path;

use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate as generate_bindings};

/// Writes the sources of `language` for the library at `library` into the folder `out`.
///
/// Fails when a place that has to be changed is not there as often as expected: another version of the generator
/// writes other sources.
pub fn generate(library: &str, language: &str, out: &str) -> Result<(), String> {
    let (target, file, patches) = match language {
        "kotlin" => (TargetLanguage::Kotlin, "dev/edgewarden/edgewarden.kt", KOTLIN),
        "swift" => (TargetLanguage::Swift, "Edgewarden.swift", SWIFT),
        _ => return Err(format!("{language} is neither kotlin nor swift")),
    };
    let options = GenerateOptions {
        languages: vec![target],
        source: library.into(),
        out_dir: out.into(),
        metadata_no_deps: true,
        ..GenerateOptions::default()
    };
    generate_bindings(options).map_err(|e| format!("{library}: {e:#}"))?;
    let path = Path::new(out).join(file);
    let describe = |error: std::io::Error| format!("{}: {error}", path.display());
    let source = fs::read_to_string(&path).map_err(describe)?;
    fs::write(&path, patched(source, patches)?).map_err(describe)
}

/// A change of generated source: `from` stands there `times` times and becomes `to`.
struct Patch {
    from: &'static str,
    to: &'static str,
    times: usize,
}

fn patched(mut source: String, patches: &[Patch]) -> Result<String, String> {
    for Patch { from, to, times } in patches {
        let found = source.matches(from).count();
        if found != *times {
            return Err(format!("the generated source has `{from}` {found} times, not {times}"));
        }
        source = source.replace(from, to);
    }
    Ok(source)
}

const KOTLIN: &[Patch] = &[
    // A lone half of a surrogate pair becomes U+FFFD, as in every other language, instead of an exception of Java's
    // encoder. Both are one UTF-16 code unit, so offsets hold.
    Patch {
        from: "onMalformedInput(CodingErrorAction.REPORT)",
        to: "onMalformedInput(CodingErrorAction.REPLACE)
            replaceWith(byteArrayOf(0xEF.toByte(), 0xBF.toByte(), 0xBD.toByte()))",
        times: 1,
    },
    // Each call hands over a status, and making a structure of JNA costs several times what the call does. One that
    // came back without an error is as good as new; it is not copied to and fro, only its first byte is looked at.
    Patch {
        from: "    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    return return_value
",
        to: "    val status = UniffiRustCallStatus.take()
    val return_value = callback(status)
    if (status.pointer.getByte(0) != UNIFFI_CALL_SUCCESS) {
        status.read()
        uniffiCheckCallStatus(errorHandler, status)
    }
    UniffiRustCallStatus.give(status)
    return return_value
",
        times: 1,
    },
    Patch {
        from: "    companion object {
        fun create(code: Byte, errorBuf: RustBuffer.ByValue): UniffiRustCallStatus.ByValue {",
        to: "    companion object {
        // Calls nest: arguments are lowered while the call they belong to has its status already.
        private val free = ThreadLocal.withInitial { ArrayDeque<UniffiRustCallStatus>() }

        fun take(): UniffiRustCallStatus = free.get().removeLastOrNull() ?: UniffiRustCallStatus().apply {
            write()
            setAutoSynch(false)
        }

        fun give(status: UniffiRustCallStatus) = free.get().addLast(status)

        fun create(code: Byte, errorBuf: RustBuffer.ByValue): UniffiRustCallStatus.ByValue {",
        times: 1,
    },
    // A closed object answers with the typed error.
    Patch {
        from: "throw IllegalStateException(\"${this.javaClass.simpleName} object has already been destroyed\")",
        to: "throw EdgewardenException.Closed(\"closed\", \"the ${this.javaClass.simpleName} is closed\", null, null)",
        times: 10,
    },
    // Closing holds at once, not only when no other thread happens to be inside a call.
    Patch {
        from: "            if (c == 0L) {",
        to: "            if (c == 0L || this.wasDestroyed.get()) {",
        times: 10,
    },
    // An object that is handed over as an argument is looked at the same way. Otherwise a closed one would lead the native
    // side to freed memory.
    Patch {
        from: "return value.uniffiCloneHandle()",
        to: "return value.callWithHandle { handle -> handle }",
        times: 10,
    },
    // The members that all errors have can be read without knowing which error it is, and the message is the reason.
    Patch {
        from: "sealed class EdgewardenException: kotlin.Exception() {",
        to: "sealed class EdgewardenException: kotlin.Exception() {
    /** Stable snake_case code of the catalogue. */
    abstract val code: kotlin.String

    /** For people: lower case, no full stop; also the message. */
    abstract val reason: kotlin.String

    /** Where in the input, in UTF-16 code units; in bytes when the input was bytes. */
    abstract val offset: kotlin.Int?

    /** Which option or argument, as a path such as `limits.findings`. */
    abstract val field: kotlin.String?
",
        times: 1,
    },
    Patch { from: "        val `code`: kotlin.String, ", to: "        override val code: kotlin.String,", times: 6 },
    Patch {
        from: "        val `reason`: kotlin.String, ",
        to: "        override val reason: kotlin.String,",
        times: 6,
    },
    Patch { from: "        val `offset`: kotlin.Int?, ", to: "        override val offset: kotlin.Int?,", times: 6 },
    Patch { from: "        val `field`: kotlin.String?", to: "        override val field: kotlin.String?", times: 6 },
    Patch {
        from: "get() = \"code=${ `code` }, reason=${ `reason` }, offset=${ `offset` }, field=${ `field` }\"",
        to: "get() = reason",
        times: 5,
    },
    // A refusal has more.
    Patch {
        from: "get() = \"code=${ `code` }, reason=${ `reason` }, offset=${ `offset` }, field=${ `field` }, place=${ `place` }, \
part=${ `part` }, retry=${ `retry` }, retryAt=${ `retryAt` }, evidence=${ `evidence` }, httpStatus=${ `httpStatus` }\"",
        to: "get() = reason",
        times: 1,
    },
    // The generator has no defaults for enums and records.
    Patch {
        from: "`origin`: Origin, `now`: kotlin.Long? = null)",
        to: "`origin`: Origin = Origin.USER, `now`: kotlin.Long? = null)",
        times: 5,
    },
    Patch {
        from: "    fun `scanJson`(`json`: kotlin.String, `origin`: Origin)",
        to: "    fun `scanJson`(`json`: kotlin.String, `origin`: Origin = Origin.USER)",
        times: 1,
    },
    Patch {
        from: "    fun `stream`(`origin`: Origin)",
        to: "    fun `stream`(`origin`: Origin = Origin.ASSISTANT)",
        times: 1,
    },
    Patch {
        from: "constructor(`options`: ScannerOptions) :",
        to: "constructor(`options`: ScannerOptions = ScannerOptions()) :",
        times: 1,
    },
    Patch {
        from: "constructor(`options`: KeyCacheOptions) :",
        to: "constructor(`options`: KeyCacheOptions = KeyCacheOptions()) :",
        times: 1,
    },
];

const SWIFT: &[Patch] = &[
    // The generator has no defaults for enums and records.
    Patch {
        from: "origin: Origin, now: Int64? = nil)throws",
        to: "origin: Origin = .user, now: Int64? = nil) throws",
        times: 5,
    },
    Patch {
        from: "open func scanJson(json: String, origin: Origin)throws",
        to: "open func scanJson(json: String, origin: Origin = .user) throws",
        times: 1,
    },
    Patch { from: "open func stream(origin: Origin)", to: "open func stream(origin: Origin = .assistant)", times: 1 },
    Patch {
        from: "public convenience init(options: ScannerOptions)throws",
        to: "public convenience init(options: ScannerOptions = ScannerOptions()) throws",
        times: 1,
    },
    Patch {
        from: "public convenience init(options: KeyCacheOptions)throws",
        to: "public convenience init(options: KeyCacheOptions = KeyCacheOptions()) throws",
        times: 1,
    },
    // Reading a record is most of what a call costs; a generic copy for each number is most of that.
    Patch {
        from: "    var value: T = 0
    let _ = withUnsafeMutableBytes(of: &value, { reader.data.copyBytes(to: $0, from: range)})
",
        to: "    let value = reader.data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: T.self) }
",
        times: 1,
    },
    // Cases of a Swift enum are written small.
    Patch { from: "    case Input(", to: "    case input(", times: 1 },
    Patch { from: "return .Input(", to: "return .input(", times: 1 },
    Patch { from: "case let .Input(", to: "case let .input(", times: 1 },
    Patch { from: "    case Options(", to: "    case options(", times: 1 },
    Patch { from: "return .Options(", to: "return .options(", times: 1 },
    Patch { from: "case let .Options(", to: "case let .options(", times: 1 },
    Patch { from: "    case Argument(", to: "    case argument(", times: 1 },
    Patch { from: "return .Argument(", to: "return .argument(", times: 1 },
    Patch { from: "case let .Argument(", to: "case let .argument(", times: 1 },
    Patch { from: "    case Closed(", to: "    case closed(", times: 1 },
    Patch { from: "return .Closed(", to: "return .closed(", times: 1 },
    Patch { from: "case let .Closed(", to: "case let .closed(", times: 1 },
    Patch { from: "    case Internal(", to: "    case `internal`(", times: 1 },
    Patch { from: "return .Internal(", to: "return .internal(", times: 1 },
    Patch { from: "case let .Internal(", to: "case let .internal(", times: 1 },
    Patch { from: "    case Verify(", to: "    case verify(", times: 1 },
    Patch { from: "return .Verify(", to: "return .verify(", times: 1 },
    Patch { from: "case let .Verify(", to: "case let .verify(", times: 1 },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_place_is_an_error() {
        let patches = [Patch { from: "a", to: "b", times: 2 }];
        assert_eq!(patched("a a".to_owned(), &patches), Ok("b b".to_owned()));
        assert!(patched("a".to_owned(), &patches).is_err());
    }
}
