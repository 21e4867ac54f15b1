// JobmonCore exports all modules of the core.
@_exported import JobmonAdmission
@_exported import JobmonEngine
@_exported import JobmonExecution
@_exported import JobmonFormat
@_exported import JobmonGraph
@_exported import JobmonModel
@_exported import JobmonStore
@_exported import JobmonTraces
