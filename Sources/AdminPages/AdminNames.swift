public import Pages
public import Vocabulary

/// What operators see for the words that programs use.
public enum AdminNames {
  public static func role(_ role: UserRole, _ language: Language) -> String {
    let (chinese, english) =
      switch role {
      case .user: ("用户", "User")
      case .viewer: ("查看者", "Viewer")
      case .operator: ("操作员", "Operator")
      case .administrator: ("管理员", "Administrator")
      }
    return language == .chinese ? chinese : english
  }
}
