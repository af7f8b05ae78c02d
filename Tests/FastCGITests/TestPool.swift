import FastCGI
import Glibc
import HTTP
import HTTPTypes
import Logging
import Testing

/// What each thread of a test's pool owns.
struct TestContext: ~Copyable {
  var requests = 0
}

/// A fresh folder with a short path.
final class TestFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/coinpay-XXXXXX".utf8CString)
    _ = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) }
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  var socketPath: String { path + "/s" }

  deinit {
    unsafe unlink(socketPath)
    unsafe rmdir(path)
  }
}

func fileExists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

typealias TestHandler = @Sendable (inout TestContext, Request) -> Response

/// The path that takes larger bodies.
let largePath = "/large"
let largeBodyBytesMax = 256 * 1024
let largeBodiesMax = 2

func makePool(
  _ socket: ListeningSocket, threads: Int = 2, bodyBytesMax: Int = 64 * 1024,
  silenceSecondsMax: Int = 10, logger: Logger? = nil, handle: @escaping TestHandler = echo
) -> WorkerPool<TestContext> {
  let limits = RequestLimits(
    bodyBytesMax: bodyBytesMax, largeBodiesMax: largeBodiesMax,
    silenceSecondsMax: silenceSecondsMax,
    routeBodyBytesMax: { method, path in
      method == .post && path == largePath ? largeBodyBytesMax : nil
    })
  return WorkerPool(
    name: "test", socket: socket, threads: threads, limits: limits, logger: logger,
    refusalText: { "\($0) in \($1.choose(among: ["fr", "en"], default: "fr"))" },
    makeContext: { TestContext() }, handle: handle)
}

/// Runs a pool while `body` runs, and stops it.
@discardableResult
func withPool(
  threads: Int = 2, bodyBytesMax: Int = 64 * 1024, silenceSecondsMax: Int = 10,
  logger: Logger? = nil, handle: @escaping TestHandler = echo,
  _ body: (_ path: String) throws -> Void
) throws -> PoolCounts {
  let folder = TestFolder()
  let socket = try ListeningSocket.bind(path: folder.socketPath, backlog: 128)
  let pool = makePool(
    socket, threads: threads, bodyBytesMax: bodyBytesMax, silenceSecondsMax: silenceSecondsMax,
    logger: logger, handle: handle)
  try pool.start()
  let result = Result { try body(folder.socketPath) }
  #expect(pool.stop(graceSeconds: 30))
  try result.get()
  return pool.counts
}

/// Answers with what it was asked.
func echo(_ context: inout TestContext, _ request: Request) -> Response {
  context.requests += 1
  let query = request.query.fields.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
  return Response(
    status: .ok, headers: [.contentType: "text/plain"],
    body: Array("\(request.method.rawValue) \(request.path) [\(query)] ".utf8) + request.body)
}

/// Sends bytes over a new connection and reads the answer.
func ask(_ path: String, _ bytes: [UInt8]) throws -> FastCGIClient.Answer? {
  let client = try FastCGIClient(path: path)
  client.send(bytes)
  return client.answer()
}
