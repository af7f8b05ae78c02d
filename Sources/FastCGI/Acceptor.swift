import CFastCGI
import Glibc

/// Waits for connections on a listening socket together with other threads, and for the stop.
///
/// Each worker has an acceptor of its own. EPOLLEXCLUSIVE wakes one of them for a connection; the
/// stop event wakes all. No signal is involved, so no read of a request is ever interrupted.
/// Source: epoll_ctl(2).
struct Acceptor: ~Copyable {
  private let socket: Int32
  private let epoll: Int32

  /// - Parameter stopEvent: an eventfd that becomes readable, for good, when accepting has to end.
  init?(socket: ListeningSocket, stopEvent: Int32) {
    self.socket = socket.descriptor
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    let flags = fcntl(socket.descriptor, F_GETFL)
    _ = fcntl(socket.descriptor, F_SETFL, flags | O_NONBLOCK)
    guard add(socket.descriptor, events: EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue),
      add(stopEvent, events: EPOLLIN.rawValue)
    else { return nil }
  }

  deinit { close(epoll) }

  private func add(_ descriptor: Int32, events: UInt32) -> Bool {
    var event = unsafe epoll_event(events: events, data: epoll_data_t(fd: descriptor))
    return unsafe epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) == 0
  }

  /// Blocks until there is something to accept or the stop event.
  func wait() {
    var event = unsafe epoll_event()
    _ = unsafe epoll_wait(epoll, &event, 1, -1)
  }

  /// A connection that waits, or nil when there is none.
  func accept() -> Int32? {
    while true {
      let connection = coinpay_accept(socket)
      if connection >= 0 { return connection }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }
}
