import Glibc

/// A line that somebody types at the terminal and nobody reads there.
enum TypedSecret {
  /// Whether standard input is a terminal.
  static var isPossible: Bool { isatty(STDIN_FILENO) == 1 }

  /// - Returns: nil at the end of the input.
  static func read(prompt: String) -> String? {
    // On standard error: results are for programs.
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else {
      return readLine(strippingNewline: true)
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // What was typed before the question is no answer to it.
    guard unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0 else { return nil }
    defer { _ = unsafe tcsetattr(STDIN_FILENO, TCSANOW, &before) }
    write(prompt)
    let line = readLine(strippingNewline: true)
    write("\n")
    return line
  }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
