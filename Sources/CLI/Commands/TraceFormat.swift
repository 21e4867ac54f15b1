import ArgumentParser
import JobmonCore

enum TraceFormat: String, ExpressibleByArgument, CaseIterable {
  case wfformat
}
