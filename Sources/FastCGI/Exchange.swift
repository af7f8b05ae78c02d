import CFastCGI
import Glibc

/// One request of libfcgi, used for one connection after the other.
///
/// Connections are closed after each answer: a kept one would hold its thread.
@safe
struct Exchange: ~Copyable {
  /// libfcgi takes sizes as `int`; larger pieces are written one after the other.
  private static let pieceBytesMax = 1 << 20

  /// Initializes the library when it is first asked for. False when there is no memory.
  static let isLibraryReady = FCGX_Init() == 0

  private let request: UnsafeMutablePointer<FCGX_Request>

  init() {
    unsafe request = .allocate(capacity: 1)
    unsafe request.initialize(to: FCGX_Request())
    // No socket: this type never accepts, see fcgx_begin_on_connection.
    unsafe FCGX_InitRequest(request, -1, FCGI_FAIL_ACCEPT_ON_INTR)
  }

  deinit {
    unsafe FCGX_Free(request, 1)
    unsafe request.deallocate()
  }

  /// Reads the beginning of a request up to its parameters. Takes over the connection.
  /// - Returns: false when the peer went away, was silent for too long, or does not speak FastCGI; the
  ///   connection is closed then.
  func begin(on connection: Int32, limits: RequestLimits) -> Bool {
    var limit = timeval(tv_sec: limits.silenceSecondsMax, tv_usec: 0)
    let length = socklen_t(MemoryLayout<timeval>.size)
    unsafe setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, length)
    unsafe setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, length)
    guard HeadCheck.isSound(connection, bytesMax: limits.recordBytesMax) else {
      close(connection)
      return false
    }
    guard unsafe fcgx_begin_on_connection(request, connection) == 0 else { return false }
    // libfcgi takes a connection that breaks off between two parameters for the end of them.
    guard unsafe FCGX_GetError(request.pointee.in) == 0 else {
      unsafe FCGX_Free(request, 1)
      return false
    }
    return true
  }

  /// The CGI variables.
  func variables(bytesMax: Int) -> CGIVariables {
    unsafe CGIVariables(request.pointee.envp, bytesMax: bytesMax)
  }

  /// Reads the body.
  /// - Returns: nil unless exactly `bytes` bytes arrive before the end of the stream.
  func body(bytes: Int) -> [UInt8]? {
    // One byte more shows whether the body is longer than it says.
    let wanted = bytes + 1
    let body = unsafe [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      let start = unsafe UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(
        to: CChar.self)
      let got = unsafe FCGX_GetStr(start, Int32(clamping: wanted), request.pointee.in)
      count = min(max(0, Int(got)), wanted)
    }
    let isWhole = unsafe body.count == bytes && FCGX_GetError(request.pointee.in) == 0
    if !isWhole { return nil }
    // Before closing, libfcgi waits seconds for the client to close, so that what is still being
    // sent is not cut off. Nothing is any more: a detached connection is closed at once.
    unsafe FCGX_Detach(request)
    return body
  }

  /// Sends the answer and ends the request.
  /// - Returns: false when the client was gone.
  func answer(_ pieces: [[UInt8]]) -> Bool {
    for piece in pieces {
      for start in stride(from: 0, to: piece.count, by: Self.pieceBytesMax) {
        let part = piece[start..<min(piece.count, start + Self.pieceBytesMax)]
        let written = unsafe part.withUnsafeBytes { bytes in
          let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
          return unsafe FCGX_PutStr(start, Int32(bytes.count), request.pointee.out)
        }
        if written < 0 {
          finish()
          return false
        }
      }
    }
    // In this order, or libfcgi writes once more (fcgiapp.h on FCGX_FClose).
    unsafe FCGX_FClose(request.pointee.err)
    let closed = unsafe FCGX_FClose(request.pointee.out)
    finish()
    return closed == 0
  }

  private func finish() {
    unsafe FCGX_Finish_r(request)
    // Finishing leaves a connection open when the peer asked to keep it.
    if unsafe request.pointee.ipcFd >= 0 { unsafe FCGX_Free(request, 1) }
  }
}

/// Whether the other end of a connection is closed, as nginx closes it when its own client is gone.
func isClosedByPeer(_ connection: Int32) -> Bool {
  // From <bits/poll.h>, where it is shown to GNU sources only.
  let peerShutDown: Int16 = 0x2000
  var state = pollfd(fd: connection, events: peerShutDown, revents: 0)
  guard unsafe poll(&state, 1, 0) > 0 else { return false }
  return state.revents & (peerShutDown | Int16(POLLHUP | POLLERR)) != 0
}
