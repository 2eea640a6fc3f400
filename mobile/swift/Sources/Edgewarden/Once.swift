// Waiting for something that happens once.

import Foundation

/// A value that is given once and waited for by one task. Giving it a second time changes nothing, so that whoever comes
/// first (an answer, a deadline, a cancellation) decides.
final class Once<Value: Sendable>: @unchecked Sendable {
    // Guards what follows.
    private let lock = NSLock()
    private var given: Value?
    private var waiting: CheckedContinuation<Value, Never>?

    /// Gives the value, unless there is one.
    func resolve(_ value: Value) {
        let waiter = lock.withLock { () -> CheckedContinuation<Value, Never>? in
            guard given == nil else { return nil }
            given = value
            defer { waiting = nil }
            return waiting
        }
        waiter?.resume(returning: value)
    }

    /// The value, once there is one. For one caller.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let there = lock.withLock { () -> Value? in
                if given == nil { waiting = continuation }
                return given
            }
            if let there { continuation.resume(returning: there) }
        }
    }
}
