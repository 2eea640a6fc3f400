// A server of HTTP/1.1 on the loopback interface, for what no stand-in can show.

import Foundation

#if canImport(Glibc)
    import Glibc
    private let stream = Int32(SOCK_STREAM.rawValue)
#else
    import Darwin
    private let stream = SOCK_STREAM
#endif

/// Answers each connection with what the closure makes of the head of its request, then closes it.
final class LoopbackServer: @unchecked Sendable {
    /// What a connection is answered with.
    enum Answer {
        case text(String)
        /// Head and bytes without end, until the client goes away.
        case endless(head: String)
        /// Nothing, until the client goes away.
        case silence
    }

    let port: UInt16
    private let socket: Int32
    private let lock = NSLock()
    private var seen: [String] = []

    /// Heads of the requests so far.
    var requests: [String] { lock.withLock { seen } }

    init(_ answer: @escaping @Sendable (String) -> Answer) throws {
        signal(SIGPIPE, SIG_IGN)
        let socket = LoopbackServer.open()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound else { throw CocoaError(.fileReadUnknown) }
        (self.socket, port) = (socket, UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while true {
                let connection = accept(socket, nil, nil)
                guard connection >= 0, let server = self else { return }
                Thread.detachNewThread { server.serve(connection, answer) }
            }
        }
    }

    deinit {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    func url(_ path: String = "/keys") -> String { "http://127.0.0.1:\(port)\(path)" }

    private static func open() -> Int32 {
        #if canImport(Glibc)
            Glibc.socket(AF_INET, stream, 0)
        #else
            Darwin.socket(AF_INET, stream, 0)
        #endif
    }

    private func serve(_ connection: Int32, _ answer: (String) -> Answer) {
        defer { close(connection) }
        var head = Data()
        while head.range(of: Data("\r\n\r\n".utf8)) == nil {
            guard let piece = receive(connection) else { return }
            head.append(piece)
        }
        let request = String(decoding: head, as: UTF8.self)
        lock.withLock { seen.append(request) }
        switch answer(request) {
        case .text(let text): _ = deliver(connection, Array(text.utf8))
        case .silence: while receive(connection) != nil {}
        case .endless(let head):
            var goesOn = deliver(connection, Array(head.utf8))
            let piece = [UInt8](repeating: 0x20, count: 16_384)
            while goesOn { goesOn = deliver(connection, piece) }
        }
    }

    private func receive(_ connection: Int32) -> Data? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer.prefix(count)) : nil
    }

    private func deliver(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

/// A response with a body, as text.
func httpText(_ status: Int, _ headers: [String] = [], body: String = "") -> LoopbackServer.Answer {
    let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)", "Connection: close"] + headers
    return .text(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
}
