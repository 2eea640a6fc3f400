// What every error has, whichever family it belongs to.

import Foundation

extension EdgewardenError {
    /// Stable snake_case code, one of ``errorCatalogue()``.
    public var code: String { members.code }

    /// For people: lower case, no full stop, without text of the caller.
    public var message: String { members.message }

    /// Where in the input, in UTF-16 code units; in bytes when the input was bytes.
    public var offset: Int? { members.offset.map(Int.init) }

    /// Which option or argument, as a path such as `limits.findings`.
    public var field: String? { members.field }

    private var members: (code: String, message: String, offset: Int32?, field: String?) {
        switch self {
        case .input(let code, let reason, let offset, let field),
            .options(let code, let reason, let offset, let field),
            .argument(let code, let reason, let offset, let field),
            .closed(let code, let reason, let offset, let field),
            .internal(let code, let reason, let offset, let field),
            .verify(let code, let reason, let offset, let field, _, _, _, _, _, _):
            (code, reason, offset, field)
        }
    }
}

extension EdgewardenError: CustomStringConvertible {
    /// Message and code.
    public var description: String { "\(message) (\(code))" }
}

extension EdgewardenError: LocalizedError {
    public var errorDescription: String? { message }
}
