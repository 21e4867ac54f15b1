import ArgumentParser
import JobmonCore

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case table, json
}
