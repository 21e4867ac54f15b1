import Foundation
import GRDB
import JobmonModel

extension SQLiteStore {
  /// The resource usage of successful instances by template version, sorted by id. A version without such an instance
  /// is included with a count of 0.
  ///
  /// - Throws: ``StoreError/notFound(_:)`` if a version, a workflow, the template or a node argument does not exist.
  public func usage(_ filter: UsageFilter) throws -> [TemplateUsage] {
    try read { database in
      for workflow in filter.workflows { try WorkflowScope.require(workflow, database) }
      let versions = try templateVersions(filter, database)
      let batches = try batches(of: versions, database)
      let wanted = versions.map { $0.node(filter.nodeArgs) }
      let halves =
        if let tasks = try Self.tasks(of: filter.workflows, database) {
          try tasks.map {
            try Self.scan(database, "i.task_id", $0.lowerBound...$0.upperBound - 1, filter, batches, wanted)
          }
        } else {
          try readHalves(of: "instance", database) { database, ids in
            try Self.scan(database, "i.id", ids, filter, batches, wanted)
          }
        }
      var figures = versions.map { _ in Figures() }
      for scan in halves {
        for index in figures.indices { figures[index].add(scan.figures[index]) }
        for batch in scan.batches where batch.count > 0 { figures[batch.version].add(batch) }
      }
      return zip(versions, figures).map { version, figures in
        TemplateUsage(
          version: version.id, tool: version.tool, template: version.name, count: figures.count,
          memory: TemplateUsage.Spread(figures.peaks), runtime: TemplateUsage.Spread(figures.walls),
          cores: TemplateUsage.Spread(weighted: figures.cores), busyCores: TemplateUsage.Spread(figures.busy),
          asked: figures.asked)
      }
    }
  }

  private struct Scan: Sendable {
    /// By index of the version.
    var figures: [Figures]
    var batches: [BatchFigures]
  }

  /// The cost of finding an attempt by its task, relative to a scan of all attempts.
  private static let lookupCost = 8

  /// The ids of the tasks of these workflows; nil if all workflows are meant, or so many that a scan of all attempts is
  /// faster.
  private static func tasks(of workflows: [WorkflowID], _ database: Database) throws -> [Range<TaskID>]? {
    guard !workflows.isEmpty else { return nil }
    let ranges = try Set(workflows).sorted().map { try WorkflowScope($0, database).tasks }.filter {
      !$0.isEmpty
    }
    let all = try Int.fetchOne(database, sql: "SELECT coalesce(max(id), 0) FROM task") ?? 0
    return ranges.reduce(0) { $0 + $1.count } * lookupCost < all ? ranges : nil
  }

  /// Reads the instances whose ids, or whose tasks' ids, are in a range.
  ///
  /// - Parameters:
  ///   - column: the column of the ids.
  ///   - wanted: by index of the version.
  private static func scan(
    _ database: Database, _ column: String, _ ids: ClosedRange<Int64>, _ filter: UsageFilter,
    _ batches: Batches,
    _ wanted: [[(index: Int, values: Set<String>)]]
  ) throws -> Scan {
    var scan = Scan(figures: wanted.map { _ in Figures() }, batches: batches.all)
    // Most rows of one batch are adjacent.
    var last: (id: Int64, index: Int?) = (0, nil)
    let readsArguments = !filter.nodeArgs.isEmpty
    try HotRow.forEach(
      database,
      """
      SELECT i.batch_id, i.wall, i.peak, i.cpu\(readsArguments ? ", d.arguments" : "") FROM instance i
      \(readsArguments ? "CROSS JOIN task_definition d ON d.id = i.task_id" : "")
      WHERE \(column) BETWEEN ? AND ? AND i.status = 'DONE'\(Self.isOneOf(" AND i.workflow_id", filter.workflows))
      """, [ids.lowerBound, ids.upperBound]
    ) { row in
      let id = row.int(0)
      if id != last.id { last = (id, batches.indexOfID[id]) }
      guard let index = last.index else { return }
      let version = batches.all[index].version
      if readsArguments {
        let values = row.withBlob(4, Packing.unpackTexts)
        guard wanted[version].allSatisfy({ $0.values.contains(values[$0.index]) }) else { return }
      }
      let wall = ResourceUsage.seconds(row.doubleOrNil(1))
      scan.batches[index].count += 1
      scan.batches[index].seconds += wall ?? 0
      scan.figures[version].add(
        wall: wall, peak: row.intOrNil(2), cpu: ResourceUsage.seconds(row.doubleOrNil(3)))
    }
    return scan
  }

  /// The distinct requests of a workflow's attempts, by cluster.
  public func requests(of workflow: WorkflowID) throws -> [String: [ResourceRequest]] {
    try read { database in
      try WorkflowScope.require(workflow, database)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT DISTINCT b.cluster, q.value FROM run r JOIN batch b ON b.run_id = r.id
            JOIN request q ON q.id = b.request_id
          WHERE r.workflow_id = ? ORDER BY b.cluster, q.id
          """, arguments: [workflow])
      return try Dictionary(
        rows.map { ($0[0], [try StoredJSON.value(ResourceRequest.self, $0[1])]) }, uniquingKeysWith: +)
    }
  }

  private struct Version {
    var id: Int64
    var tool: String
    var name: String
    var nodeArgs: [String]

    /// The indices of the given arguments among a task's node arguments, each with the wanted values.
    func node(_ wanted: [String: Set<String>]) -> [(index: Int, values: Set<String>)] {
      wanted.compactMap { name, values in nodeArgs.firstIndex(of: name).map { ($0, values) } }
    }
  }

  private struct Request: Hashable {
    var cores: Int
    var memory: Int64?
    var runtime: Int64?
  }

  /// All batches, and the index of each by its id.
  private struct Batches {
    var all: [BatchFigures] = []
    var indexOfID: [Int64: Int] = [:]
  }

  /// A batch, with the number of its counted attempts and their total run time in seconds.
  private struct BatchFigures {
    var version: Int
    var request: Request
    var count = 0
    var seconds = 0.0
  }

  private struct Figures {
    var walls: [Double] = []
    var peaks: [Double] = []
    var busy: [Double] = []
    var count = 0
    /// The number of attempts, by requested cores.
    var cores: [Int: Int] = [:]
    private var seconds: [Request: Double] = [:]

    var asked: [TemplateUsage.Asked] {
      seconds.map {
        TemplateUsage.Asked(
          cores: $0.key.cores, memory: $0.key.memory, runtime: $0.key.runtime, seconds: $0.value)
      }.sorted {
        ($0.cores, $0.memory ?? .max, $0.runtime ?? .max) < ($1.cores, $1.memory ?? .max, $1.runtime ?? .max)
      }
    }

    mutating func add(_ others: Figures) {
      walls += others.walls
      peaks += others.peaks
      busy += others.busy
    }

    mutating func add(_ batch: BatchFigures) {
      count += batch.count
      cores[batch.request.cores, default: 0] += batch.count
      seconds[batch.request, default: 0] += batch.seconds
    }

    mutating func add(wall: Double?, peak: Int64?, cpu: Double?) {
      if let cpu, let wall, wall >= 1 { busy.append(cpu / wall) }
      if let wall { walls.append(wall) }
      if let peak { peaks.append(Double(peak)) }
    }
  }

  private static func isOneOf(_ column: String, _ ids: [Int64]) -> String {
    ids.isEmpty ? "" : "\(column) IN (\(ids.map(String.init).joined(separator: ", ")))"
  }

  private func templateVersions(_ filter: UsageFilter, _ database: Database) throws -> [Version] {
    var terms = ["1"]
    var arguments = StatementArguments()
    if !filter.versions.isEmpty { terms.append(Self.isOneOf("v.id", filter.versions)) }
    if let pattern = filter.template.map(NamePattern.init(text:)) {
      terms.append(pattern.condition("v.name"))
      arguments += [pattern.argument]
    }
    if !filter.workflows.isEmpty {
      terms.append(
        "v.id IN (SELECT template_version_id FROM array WHERE \(Self.isOneOf("workflow_id", filter.workflows)))"
      )
    }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT v.id, v.tool, v.name, v.arguments FROM template_version v
        WHERE \(terms.joined(separator: " AND ")) ORDER BY v.id
        """, arguments: arguments)
    let found = try rows.map {
      Version(
        id: $0[0], tool: $0[1], name: $0[2],
        nodeArgs: try StoredJSON.value([String: [String]].self, $0[3])["node"] ?? [])
    }
    for id in filter.versions where !found.contains(where: { $0.id == id }) {
      throw StoreError.notFound(
        "template version \(id)" + (filter.workflows.isEmpty ? "" : " in these workflows"))
    }
    if let template = filter.template, found.isEmpty {
      let known = try String.fetchAll(
        database, sql: "SELECT DISTINCT name FROM template_version ORDER BY name")
      throw StoreError.notFound(
        "template '\(template)'"
          + (Suggestion.nearest(to: template, among: known).map { " (did you mean '\($0)'?)" } ?? ""))
    }
    for name in filter.nodeArgs.keys.sorted() {
      let known = Set(found.flatMap(\.nodeArgs)).sorted()
      guard !known.contains(name) else { continue }
      throw StoreError.notFound(
        "node argument '\(name)' of \(found.map(\.name).joined(separator: ", ")) (its node arguments are \(known.joined(separator: ", ")))"
      )
    }
    // A version without the argument cannot meet the condition.
    return found.filter { Set(filter.nodeArgs.keys).isSubset(of: $0.nodeArgs) }
  }

  /// The batches of these versions, each with the index of its version and its request.
  private func batches(of versions: [Version], _ database: Database) throws -> Batches {
    let indexOfID = Dictionary(uniqueKeysWithValues: versions.enumerated().map { ($1.id, $0) })
    var batches = Batches()
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT b.id, a.template_version_id, json_extract(q.value, '$.cores'),
          json_extract(q.value, '$.memory'), json_extract(q.value, '$.runtime') FROM batch b CROSS JOIN run r ON r.id = b.run_id
          CROSS JOIN array a ON a.workflow_id = r.workflow_id AND a.place = b.array
          CROSS JOIN request q ON q.id = b.request_id
        """)
    while let row = try rows.next() {
      guard let version = indexOfID[row[1]] else { continue }
      batches.indexOfID[row[0]] = batches.all.count
      batches.all.append(
        BatchFigures(version: version, request: Request(cores: row[2], memory: row[3], runtime: row[4])))
    }
    return batches
  }
}
