/// A workflow's key in its store; printed to users, and typed by them after `-w`.
public typealias WorkflowID = Int64

/// A workflow run's key in its store: one attempt of one driver at a workflow.
public typealias WorkflowRunID = Int64

/// A task's key in its store. The tasks of one workflow have consecutive ids, in the order of its definition.
public typealias TaskID = Int64

/// A task instance's key in its store: one attempt of one task. Never used twice in a store.
public typealias TaskInstanceID = Int64

/// A task's index in its workflow's definition, from 0: what the graph and the engine count by.
public typealias TaskIndex = Int32
