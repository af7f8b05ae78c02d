import Glibc

/// Another program that this one runs and waits for, for a bounded time. No shell reads its words.
struct ChildProcess {
  enum End: Hashable {
    case exited(Int32)
    case ended(bySignal: Int32)
    /// It took too long and was ended, with all that it had started.
    case timedOut
    case notStarted(code: Int32)
  }

  /// What becomes of its standard error.
  enum Errors {
    /// It goes where our own lines go.
    case shown
    case dropped
    /// It is handed over with what it prints.
    case received
  }

  private let pid: pid_t
  private let deadline: ContinuousClock.Instant
  /// Our ends of its pipes; -1 is none, which poll(2) passes over.
  private var input: Int32
  private var output: Int32

  /// How long a program that took too long has to end by itself.
  private static let graceSeconds = 1

  /// Runs a program to its end. What it prints goes where our own lines go.
  /// - Parameters:
  ///   - words: an absolute path and its arguments, which anybody on the machine can see.
  ///   - text: what it reads, which nobody can.
  static func run(_ words: [String], reading text: [UInt8] = [], timeout: Duration) -> End {
    run(words, text, hasOutput: false, errors: .shown, timeout) { _ in }
  }

  /// The same for a program that reads nothing.
  /// - Parameters:
  ///   - errors: what becomes of its complaints.
  ///   - receive: takes what it prints, a part at a time.
  static func run(
    _ words: [String], timeout: Duration, errors: Errors = .shown, receive: ([UInt8]) -> Void
  ) -> End {
    run(words, [], hasOutput: true, errors: errors, timeout, receive)
  }

  private static func run(
    _ words: [String], _ text: [UInt8], hasOutput: Bool, errors: Errors, _ timeout: Duration,
    _ receive: ([UInt8]) -> Void
  ) -> End {
    // That it stopped reading is an error of write.
    signal(SIGPIPE, SIG_IGN)
    let begun = start(
      words, hasInput: !text.isEmpty, hasOutput: hasOutput, errors: errors, timeout)
    switch begun {
    case .failure(let failure): return .notStarted(code: failure.code)
    case .success(var child):
      let isDone = child.exchange(text, receive)
      child.closePipes()
      return (isDone ? child.end(before: child.deadline) : nil) ?? child.kill()
    }
  }

  // MARK: Its beginning

  private struct Failure: Error { let code: Int32 }

  private static func start(
    _ words: [String], hasInput: Bool, hasOutput: Bool, errors: Errors, _ timeout: Duration
  ) -> Result<ChildProcess, Failure> {
    var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
    defer { close([input[0], output[1]]) }
    guard !hasInput || pipe(&input), !hasOutput || pipe(&output) else {
      let code = errno
      close([input[1], output[0]])
      return .failure(Failure(code: code))
    }
    // Only ours: the program expects to wait for what it reads.
    if hasInput { _ = fcntl(input[1], F_SETFL, O_NONBLOCK) }
    var pid = pid_t()
    let code = spawn(words, input: input[0], output: output[1], errors: errors, &pid)
    guard code == 0 else {
      close([input[1], output[0]])
      return .failure(Failure(code: code))
    }
    return .success(
      ChildProcess(pid: pid, deadline: .now + timeout, input: input[1], output: output[0]))
  }

  /// The program gets its end as a copy, which stays open.
  private static func pipe(_ ends: inout [Int32]) -> Bool {
    guard unsafe Glibc.pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return true
  }

  private static func close(_ ends: [Int32]) {
    for end in ends where end >= 0 { Glibc.close(end) }
  }

  /// In a process group of its own, so that what it starts can be ended with it; posix_spawn(3).
  private static func spawn(
    _ words: [String], input: Int32, output: Int32, errors: Errors, _ pid: inout pid_t
  ) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    if input >= 0 {
      unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if output >= 0 { unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    switch errors {
    case .shown: break
    case .dropped:
      unsafe posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    case .received:
      unsafe posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    }
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var broken = sigset_t()
    unsafe sigemptyset(&broken)
    unsafe sigaddset(&broken, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &broken)
    let flags = Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGDEF)
    unsafe posix_spawnattr_setflags(&attributes, flags)
    var list = unsafe words.map { unsafe strdup($0) } + [nil]
    defer { for index in unsafe list.indices { unsafe free(list[index]) } }
    return unsafe posix_spawn(&pid, words[0], &actions, &attributes, &list, environ)
  }

  // MARK: Its life

  private static let partBytes = 64 * 1024

  /// Hands over the text and takes what is printed, until both are at their end.
  /// - Returns: false when the time was up before.
  private mutating func exchange(_ text: [UInt8], _ receive: ([UInt8]) -> Void) -> Bool {
    var rest = text[...]
    while input >= 0 || output >= 0 {
      let left = (deadline - .now) / Duration.milliseconds(1)
      guard left > 0 else { return false }
      var ends = [
        pollfd(fd: input, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      ]
      unsafe poll(&ends, nfds_t(ends.count), Int32(clamping: Int(left.rounded(.up))))
      if ends[0].revents != 0, !write(&rest) { closeInput() }
      if ends[1].revents != 0, !read(receive) { closeOutput() }
    }
    return true
  }

  /// - Returns: whether there is more to write.
  private func write(_ rest: inout ArraySlice<UInt8>) -> Bool {
    let count = unsafe rest.withUnsafeBytes { bytes in
      unsafe Glibc.write(input, bytes.baseAddress, bytes.count)
    }
    if count < 0 { return errno == EINTR || errno == EAGAIN }
    rest = rest.dropFirst(count)
    return !rest.isEmpty
  }

  /// - Returns: whether there may be more to read.
  private func read(_ receive: ([UInt8]) -> Void) -> Bool {
    var part = [UInt8](repeating: 0, count: ChildProcess.partBytes)
    let count = unsafe Glibc.read(output, &part, part.count)
    if count < 0 { return errno == EINTR }
    if count > 0 { receive(Array(part.prefix(count))) }
    return count > 0
  }

  private mutating func closeInput() {
    ChildProcess.close([input])
    input = -1
  }

  private mutating func closeOutput() {
    ChildProcess.close([output])
    output = -1
  }

  private mutating func closePipes() {
    closeInput()
    closeOutput()
  }

  // MARK: Its end

  private static let lookMicroseconds: useconds_t = 5_000

  /// - Returns: nil when it has not ended by then.
  private func end(before deadline: ContinuousClock.Instant) -> End? {
    var status: Int32 = 0
    while true {
      let ended = unsafe waitpid(pid, &status, WNOHANG)
      if ended == pid {
        let signal = status & 0x7F
        return signal == 0 ? .exited((status >> 8) & 0xFF) : .ended(bySignal: signal)
      }
      guard ended == 0 || errno == EINTR, ContinuousClock.now < deadline else { return nil }
      usleep(ChildProcess.lookMicroseconds)
    }
  }

  private func kill() -> End {
    _ = Glibc.kill(-pid, SIGTERM)
    let hasEnded = end(before: .now + .seconds(ChildProcess.graceSeconds)) != nil
    // Also those of its group that stayed.
    _ = Glibc.kill(-pid, SIGKILL)
    if !hasEnded { _ = waitpid(pid, nil, 0) }
    return .timedOut
  }
}
