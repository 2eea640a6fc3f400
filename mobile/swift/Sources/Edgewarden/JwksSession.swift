// Fetching key sets with Foundation's `URLSession`.

import Foundation

#if canImport(FoundationNetworking)
    // On Linux it is a library of its own.
    import FoundationNetworking
#endif

// Elsewhere there is none, and the application sends requests.
#if canImport(FoundationNetworking) || canImport(Darwin)

extension JwksVerifier {
    /// A verifier that fetches with ``urlSession``; see ``init(options:jwksUri:keyCache:tokenCacheBytes:fetch:now:)``.
    public convenience init(
        options: VerifierOptions, jwksUri: String, keyCache: KeyCacheOptions = KeyCacheOptions(),
        tokenCacheBytes: Int64 = 4 << 20
    ) throws {
        try self.init(
            options: options, jwksUri: jwksUri, keyCache: keyCache, tokenCacheBytes: tokenCacheBytes,
            fetch: JwksVerifier.urlSession)
    }

    /// How keys are fetched unless the application does it: with a `URLSession` that knows no cookie, no cache and no stored
    /// credential, follows no redirect, and reads no more of the body than asked for.
    public static let urlSession: Fetch = { request in
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCredentialStorage = nil
        let seconds = max(0.001, request.timeout / .seconds(1))
        configuration.timeoutIntervalForRequest = seconds
        configuration.timeoutIntervalForResource = seconds
        let transfer = JwksTransfer(bytesMax: request.bytesMax)
        // Of its own, for fetches are minutes apart: nothing of one can linger into the next.
        let session = URLSession(configuration: configuration, delegate: transfer, delegateQueue: delegateQueue())
        // It holds its delegate until then.
        defer { session.finishTasksAndInvalidate() }
        var wanted = URLRequest(url: request.url, timeoutInterval: seconds)
        for (name, value) in request.headers { wanted.setValue(value, forHTTPHeaderField: name) }
        let task = session.dataTask(with: wanted)
        return try await withTaskCancellationHandler {
            defer { task.cancel() }
            task.resume()
            return try await transfer.outcome.value().get()
        } onCancel: {
            transfer.outcome.resolve(.failure(CancellationError()))
        }
    }
}

#if canImport(FoundationNetworking)
    /// Calls back where the bytes arrive. On Linux they would pile up in the queue otherwise, as fast as a server can send,
    /// before the delegate has seen so many that it ends the transfer.
    private final class Inline: OperationQueue, @unchecked Sendable {
        override func addOperation(_ block: @escaping @Sendable () -> Void) { block() }
    }

    private func delegateQueue() -> OperationQueue? { Inline() }
#else
    /// A serial one of the session; the system sends no more than the delegate takes.
    private func delegateQueue() -> OperationQueue? { nil }
#endif

/// Collects one response. What is called back comes one at a time.
private final class JwksTransfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    let outcome = Once<Result<JwksResponse, any Error>>()
    private let bytesMax: Int
    private var response: JwksResponse?
    private var hasEnded = false

    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        outcome.resolve(.success(JwksResponse(status: response.statusCode)))
        #if !canImport(FoundationNetworking)
            completionHandler(nil)
        #endif
        // On Linux a handler that is called while the task is being cancelled ends the process. The task is cancelled in any
        // case, and then waits for no handler.
    }

    #if canImport(FoundationNetworking)
        /// A server that wants a password is answered with none. Foundation on Linux would look for one and never come back.
        func urlSession(
            _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
            completionHandler: @escaping @Sendable (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
        ) {
            outcome.resolve(.success(JwksResponse(status: 401)))
        }
    #endif

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard let http = response as? HTTPURLResponse else {
            outcome.resolve(.failure(URLError(.badServerResponse)))
            return completionHandler(.cancel)
        }
        var headers: [String: String] = [:]
        for case let (name as String, value as String) in http.allHeaderFields { headers[name] = value }
        self.response = JwksResponse(status: http.statusCode, headers: headers)
        completionHandler(.allow)
        // Of other answers the body says nothing, and one that is too long says nothing either.
        if http.statusCode != 200 || http.expectedContentLength > Int64(bytesMax) { end() }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard let count = response?.body.count, !hasEnded else { return }
        response?.body.append(data.prefix(bytesMax - count))
        if count + data.count >= bytesMax { end() }
    }

    /// Answers with what is there. Whoever waits for it cancels the task; what still arrives is dropped.
    private func end() {
        hasEnded = true
        if let response { outcome.resolve(.success(response)) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard error == nil, let response else { return outcome.resolve(.failure(error ?? URLError(.badServerResponse))) }
        outcome.resolve(.success(response))
    }
}

#endif
