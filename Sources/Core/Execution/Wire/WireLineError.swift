/// What is wrong with a line, and the call it would have been.
struct WireLineError: Error, Sendable {
  var id: Int?
  var fault: WireFault
  /// The method of a notice that makes no sense.
  var notice: String?

  init(id: Int?, _ fault: WireFault, notice: String? = nil) {
    self.id = id
    self.fault = fault
    self.notice = notice
  }
}
