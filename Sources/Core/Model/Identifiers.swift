/// A workflow's id in its store. It is shown to users, who enter it after `-w`.
public typealias WorkflowID = Int64

/// A workflow run's id in its store. Each start or resume of a workflow by a driver is one run.
public typealias WorkflowRunID = Int64

/// A task's id in its store. The tasks of a workflow have consecutive ids, in the order of its definition.
public typealias TaskID = Int64

/// A task instance's id in its store. An instance is one attempt of one task. An id is never reused in a store.
public typealias TaskInstanceID = Int64

/// A task's index in its workflow's definition, from 0. The graph and the engine use it.
public typealias TaskIndex = Int32
