public import Vocabulary

// The words that all rooms share, as columns.

extension OrderStatus: Bindable, ColumnDecodable {}
extension PaymentStatus: Bindable, ColumnDecodable {}
extension PaymentMethod: Bindable, ColumnDecodable {}
extension RefundStatus: Bindable, ColumnDecodable {}
extension UserRole: Bindable, ColumnDecodable {}

/// A primary key that is a struct of its own.
protocol KeyColumn: Bindable, ColumnDecodable {
  var value: Int64 { get }
  init(_ value: Int64)
}

extension KeyColumn {
  public var boundValue: BoundValue { .signed(value) }

  public init?(cell: Cell) {
    guard let value = Int64(cell: cell) else { return nil }
    self.init(value)
  }
}

extension UserID: KeyColumn {}
extension OrderID: KeyColumn {}
extension PaymentID: KeyColumn {}
extension RefundID: KeyColumn {}
extension EventID: KeyColumn {}
extension PackageID: KeyColumn {}

extension OrderNumber: Bindable, ColumnDecodable {
  public var boundValue: BoundValue { .text(text) }

  public init?(cell: Cell) {
    guard let text = String(cell: cell) else { return nil }
    self.init(text)
  }
}

extension Currency: Bindable, ColumnDecodable {
  public var boundValue: BoundValue { .text(code) }

  public init?(cell: Cell) {
    guard let text = String(cell: cell) else { return nil }
    self.init(text)
  }
}
