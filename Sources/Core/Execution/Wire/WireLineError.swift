/// What is wrong with a line, and the id of its call.
struct WireLineError: Error, Sendable {
  var id: Int?
  var fault: WireFault
  /// The method of an invalid notice.
  var notice: String?

  init(id: Int?, _ fault: WireFault, notice: String? = nil) {
    self.id = id
    self.fault = fault
    self.notice = notice
  }
}
