// Spending tickets: each is one request, and each ends.

import Foundation

/// Where keys come from, and the cache that is told what came.
struct JwksSource: Sendable {
    let url: URL
    let bytesMax: Int
    let cache: KeyCache
    let fetch: JwksVerifier.Fetch
    let now: @Sendable () -> Date

    /// Begins the fetch of a ticket; says when it has ended.
    ///
    /// It is a task of its own. Whoever began it may be cancelled or go away: the ticket is spent all the same, because while one
    /// is lost nobody else fetches, and a request that was given up says nothing of the issuer.
    @discardableResult
    func start(_ ticket: FetchTicket) -> Once<Bool> {
        let ended = Once<Bool>()
        Task.detached {
            let response = await answer(to: ticket)
            // What comes after newer keys, or too late, changes nothing and is nobody's fault.
            _ = try? tell(ticket, response)
            ended.resolve(true)
        }
        return ended
    }

    /// The response; `nil` where there is none before the deadline of the ticket.
    private func answer(to ticket: FetchTicket) async -> JwksResponse? {
        let left = Duration.milliseconds(max(0, ticket.deadlineMs - milliseconds(now())))
        var headers = ["Accept": "application/jwk-set+json, application/json"]
        headers["If-None-Match"] = ticket.etag
        let request = JwksRequest(url: url, headers: headers, timeout: left, bytesMax: bytesMax)
        let outcome = Once<JwksResponse?>()
        let transfer = Task { outcome.resolve(try? await fetch(request)) }
        // A fetch that heeds no cancellation is left alone.
        let timer = Task {
            try await Task.sleep(for: left)
            outcome.resolve(nil)
        }
        defer {
            transfer.cancel()
            timer.cancel()
        }
        return await outcome.value()
    }

    private func tell(_ ticket: FetchTicket, _ response: JwksResponse?) throws {
        switch response {
        case let response? where response.status == 200:
            let body = response.body.prefix(bytesMax)
            try cache.fetched(ticket, body: body, maxAgeSecs: response.maxAgeSecs, etag: response.etag, now: now())
        case let response? where response.status == 304:
            try cache.notModified(ticket, maxAgeSecs: response.maxAgeSecs, now: now())
        default: try cache.failed(ticket, now: now())
        }
    }
}
