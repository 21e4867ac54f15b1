import Foundation
import JobmonCore
import Testing

@testable import JobmonCLI

@Suite("Rows of lists: tables, JSON, encoders and decoders agree")
struct ListedRowTests {
  /// Checks a row whose JSON is this text: it is printed and encoded as this text, and decoded from it.
  private func check<Row: ListedRow & Decodable & Equatable>(
    _ type: Row.Type, _ text: String, table: String? = nil
  ) throws {
    let bytes = Data(text.utf8)
    let row = try JSONDecoder().decode(Row.self, from: bytes)
    #expect(Listing([row]).json == "[\(text)]")
    let encoded = try JSONEncoder().encode(row)
    let values = try JSONDecoder().decode([String: JSONValue].self, from: bytes)
    #expect(try JSONDecoder().decode([String: JSONValue].self, from: encoded) == values)
    #expect(try JSONDecoder().decode(Row.self, from: encoded) == row)
    #expect(row.values.count == Row.CodingKeys.allCases.count && row.shown.count == Row.columnCount)
    let lines = Listing([row]).table().raw.split(separator: "\n")
    let head = Row.CodingKeys.allCases.prefix(Row.columnCount).map { $0.stringValue.uppercased() }
    #expect(lines[0].split(separator: " ").map(String.init) == head)
    if let table { #expect(lines[1].split(separator: " ").joined(separator: " ") == table) }
  }

  @Test func workflows() throws {
    let counts =
      #""tasks":9,"pending":1,"scheduled":2,"running":3,"done":2,"fatal":1,"retries":4"#
    let row =
      #"{"wf_id":3,"wf_name":"a b","wf_status":"RUNNING","created_date":"2026-01-31T08:15:00.250Z",\#(counts)"#
    try check(
      WorkflowRow.self, row + "}", table: "3 a b RUNNING 2026-01-31T08:15:00.250Z 9 1 2 3 2 1 4")
    try check(
      WorkflowRow.self, row + #","driver":"dead since 2026-01-31T08:16:00.000Z"}"#,
      table:
        "3 a b RUNNING (driver: dead since 2026-01-31T08:16:00.000Z) 2026-01-31T08:15:00.250Z 9 1 2 3 2 1 4")
  }

  @Test func tasks() throws {
    let row = #"{"task_id":7,"task_name":"a\"b","status":"RUNNING","retries":0"#
    try check(WorkflowTaskRow.self, row + "}", table: #"7 a"b RUNNING 0"#)
    try check(
      WorkflowTaskRow.self, row + #","driver":"silent since 2026-01-31T08:16:00.000Z"}"#,
      table: #"7 a"b RUNNING (driver: silent since 2026-01-31T08:16:00.000Z) 0"#)
    try check(
      DependencyRow.self, #"{"direction":"UPSTREAM","task_id":7,"task_name":"n","status":"DONE"}"#,
      table: "UPSTREAM 7 n DONE")
  }

  @Test func attempts() throws {
    try check(
      TaskStatusRow.self,
      #"{"task_id":7,"task_status":"PENDING","task_instance_id":null,"distributor_id":null,"status":null,"#
        + #""resource_usage":null,"stdout":null,"stderr":null,"error_trace":null}"#,
      table: "7 PENDING - - - - - - -")
    try check(
      TaskStatusRow.self,
      #"{"task_id":7,"task_status":"RUNNING","task_instance_id":8,"distributor_id":"12_1","status":"ERROR","#
        + #""resource_usage":"wall 1.50 s","stdout":"/l/o","stderr":"/l/e","error_trace":"why","#
        + #""driver":"dead since 2026-01-31T08:16:00.000Z","cause":"exit","failure_class":"application","#
        + #""exit_code":3,"signal":9,"is_retry":false,"not_before":"2026-01-31T08:17:00.000Z","#
        + #""last_attempt":"attempts_used","wall_seconds":1.5,"cpu_seconds":0.25,"peak_memory_bytes":1048576}"#,
      table: "7 RUNNING (driver: dead since 2026-01-31T08:16:00.000Z) 8 12_1 ERROR wall 1.50 s /l/o /l/e why")
    let path = #"{"task_id":7,"task_name":"n","array_name":"t","task_instance_id":8,"output_path""#
    try check(FilePathRow.self, path + #":"/l/o","error_path":"/l/e"}"#, table: "7 n t 8 /l/o /l/e")
    try check(FilePathRow.self, path + #":null,"error_path":null}"#, table: "7 n t 8 - -")
  }

  @Test func errors() throws {
    let seen = #""first_seen":"2026-01-31T08:15:00.000Z","last_seen":"2026-01-31T08:16:00.000Z""#
    let rest = #"\#(seen),"task_ids":[7,8],"attempts":[1],"hosts":["n1"]"#
    let times = "2026-01-31T08:15:00.000Z 2026-01-31T08:16:00.000Z 7,8 1 n1"
    try check(ErrorGroup.self, #"{"count":2,"sample":"no",\#(rest)}"#, table: "2 no \(times)")
    // A table shortens a long sample to what fits on a screen.
    let long = String(repeating: "x", count: 501)
    try check(
      ErrorGroup.self, #"{"count":2,"sample":"\#(long)",\#(rest),"last_task_instance_id":9}"#,
      table: "2 \(long.dropLast())… \(times)")
  }

  @Test func explanations() throws {
    try check(
      Explanation.self, #"{"task_id":7,"state":"PENDING","because":"It waits.","details":"for 3"}"#,
      table: "7 PENDING It waits. for 3")
    try check(
      Explanation.self, #"{"task_id":null,"state":"DONE","because":"Done.","details":"all"}"#,
      table: "- DONE Done. all")
  }

  @Test func history() throws {
    let start = #"{"seq":5,"time":"2026-01-31T08:15:00.001Z","kind":"task_instance","id":8,"task_name""#
    try check(
      HistoryRow.self, start + #":"n","from":"RUNNING","to":"ERROR","by":"run 1","cause":"exit"}"#,
      table: "5 2026-01-31T08:15:00.001Z task_instance 8 n RUNNING ERROR run 1 exit")
    try check(
      HistoryRow.self, start + #":null,"from":null,"to":"ERROR","by":null,"cause":null}"#,
      table: "5 2026-01-31T08:15:00.001Z task_instance 8 - - ERROR - -")
  }

  @Test func resources() throws {
    try check(
      TemplateResourcesRow.self,
      #"{"ttv_id":2,"template":"t","count":3,"min_memory":1048576,"mean_memory":2097152,"median_memory":1,"#
        + #""p95_memory":5,"max_memory":6,"min_runtime":1,"mean_runtime":1.5,"median_runtime":2,"#
        + #""p95_runtime":2.25,"max_runtime":3}"#,
      table: "2 t 3 1M 2M 1B 5B 6B 1.00 1.50 2.00 2.25 3.00")
    try check(
      TemplateResourcesRow.self,
      #"{"ttv_id":2,"template":"t","count":0,"min_memory":null,"mean_memory":null,"median_memory":null,"#
        + #""p95_memory":null,"max_memory":null,"min_runtime":null,"mean_runtime":null,"median_runtime":null,"#
        + #""p95_runtime":null,"max_runtime":null}"#,
      table: "2 t 0 - - - - - - - - - -")
  }
}
