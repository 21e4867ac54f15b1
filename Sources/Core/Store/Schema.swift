import GRDB
import JobmonModel

/// The tables, as numbered migrations. A released migration is never changed.
enum Schema {
  /// The migrations, in order.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, sql) in versions.enumerated() {
      migrator.registerMigration(String(index + 1)) { database in
        try database.execute(sql: sql)
        if index + 1 == versionOfFeed {
          try FeedUpgrade(database).run()
          try database.execute(sql: sixthWithFeed)
        }
      }
    }
    return migrator
  }

  /// The additions of each version to the previous one.
  private static let versions = [first, second, third, fourth, fifth, sixth, seventh]

  /// The first version that stores where its write-ahead log began.
  static let versionOfLogBase = 5

  /// The first version with a feed of all changes.
  static let versionOfFeed = 6

  /// The SQL of a version; the first version is 1.
  static func version(_ number: Int) -> String { versions[number - 1] }

  /// The first version. Times are milliseconds since 1970 UTC. JSON is stored as text. `place` counts from 0 within its
  /// workflow.
  private static let first = """
    -- One row: who this store is, and where the next ids come from.
    CREATE TABLE store (
      uuid TEXT NOT NULL,
      created INTEGER NOT NULL,
      next_task INTEGER NOT NULL,
      next_instance INTEGER NOT NULL
    );

    -- Row 0 holds the store's rising seq; the others count a workflow's tasks. One small page that every commit writes.
    CREATE TABLE progress (
      workflow_id INTEGER PRIMARY KEY,
      seq INTEGER NOT NULL DEFAULT 0,
      done INTEGER NOT NULL DEFAULT 0,
      fatal INTEGER NOT NULL DEFAULT 0,
      retries INTEGER NOT NULL DEFAULT 0
    );

    CREATE TABLE workflow (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tool TEXT NOT NULL,
      tool_version TEXT NOT NULL,
      name TEXT NOT NULL,
      description TEXT,
      workflow_args TEXT NOT NULL,
      attributes TEXT NOT NULL,
      working_directory TEXT NOT NULL,
      on_finish TEXT,
      settings TEXT NOT NULL,          -- TaskSettings of the workflow, JSON
      tool_settings TEXT NOT NULL,     -- TaskSettings of the tool, JSON
      max_concurrently_running INTEGER,
      identity BLOB NOT NULL,
      dag BLOB NOT NULL,
      task_set BLOB NOT NULL,
      status TEXT NOT NULL,
      user TEXT NOT NULL,              -- who bound it
      created INTEGER NOT NULL,
      first_task INTEGER NOT NULL,     -- its tasks have the ids first_task ..< first_task + task_count
      task_count INTEGER NOT NULL,
      is_bound INTEGER NOT NULL,       -- 0 while slices are still missing
      has_started INTEGER NOT NULL,    -- whether any task instance was ever made
      holder INTEGER,                  -- the run that holds the lease
      UNIQUE (tool, tool_version, workflow_args)
    );

    -- A template of a tool version; a new text or new argument roles make a new row.
    CREATE TABLE template_version (
      id INTEGER PRIMARY KEY,
      tool TEXT NOT NULL,
      tool_version TEXT NOT NULL,
      name TEXT NOT NULL,
      command_template TEXT NOT NULL,
      arguments TEXT NOT NULL,         -- {"node":[…],"task":[…],"op":[…]}
      runtime_count INTEGER NOT NULL DEFAULT 0,
      runtime_mean REAL NOT NULL DEFAULT 0,
      UNIQUE (tool, tool_version, name, command_template, arguments)
    );

    -- The tasks of one template in one workflow.
    CREATE TABLE array (
      workflow_id INTEGER NOT NULL REFERENCES workflow (id),
      place INTEGER NOT NULL,
      template_version_id INTEGER NOT NULL REFERENCES template_version (id),
      settings TEXT NOT NULL,
      max_concurrently_running INTEGER,
      retry_exit_codes TEXT,
      no_retry_exit_codes TEXT NOT NULL,
      PRIMARY KEY (workflow_id, place)
    ) WITHOUT ROWID;

    -- Distinct task-level settings of a workflow.
    CREATE TABLE settings (
      workflow_id INTEGER NOT NULL REFERENCES workflow (id),
      place INTEGER NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (workflow_id, place)
    ) WITHOUT ROWID;

    -- Distinct upstream sets of a workflow: ascending task indices, each as varint of the distance to the one before.
    CREATE TABLE upstream_set (
      workflow_id INTEGER NOT NULL REFERENCES workflow (id),
      place INTEGER NOT NULL,
      members BLOB NOT NULL,
      PRIMARY KEY (workflow_id, place)
    ) WITHOUT ROWID;

    CREATE TABLE task (
      id INTEGER PRIMARY KEY,
      array INTEGER NOT NULL,          -- index of the array in the workflow
      upstream_set INTEGER NOT NULL,
      settings INTEGER NOT NULL,
      status TEXT NOT NULL,            -- G, D, E, A or F: what is known without an open instance
      retries INTEGER NOT NULL,
      name TEXT NOT NULL,
      arguments BLOB NOT NULL,         -- values in the template's order, each with its length before it
      node_hash BLOB NOT NULL,
      command TEXT,                    -- only where it is not what the template renders
      attributes TEXT
    );

    -- Distinct requests, as they were settled for a cluster.
    CREATE TABLE request (
      id INTEGER PRIMARY KEY,
      value TEXT NOT NULL UNIQUE
    );

    CREATE TABLE run (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      uuid TEXT NOT NULL UNIQUE,
      workflow_id INTEGER NOT NULL REFERENCES workflow (id),
      status TEXT NOT NULL,
      driver TEXT NOT NULL,            -- DriverRecord, JSON
      user TEXT NOT NULL,
      cluster TEXT NOT NULL,
      logs TEXT NOT NULL,
      started INTEGER NOT NULL,
      ended INTEGER,
      beats INTEGER NOT NULL,
      asked_by TEXT,                   -- UUID of the run that wants the workflow
      asked_cold INTEGER NOT NULL DEFAULT 0,
      stop_by TEXT,                    -- who has asked the run to stop
      stop_cancel INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX run_of_workflow ON run (workflow_id);

    CREATE TABLE batch (
      id INTEGER PRIMARY KEY,
      token TEXT NOT NULL UNIQUE,
      run_id INTEGER NOT NULL REFERENCES run (id),
      cluster TEXT NOT NULL,
      array INTEGER NOT NULL,
      request_id INTEGER NOT NULL REFERENCES request (id)
    );

    CREATE TABLE instance (
      id INTEGER PRIMARY KEY,
      workflow_id INTEGER NOT NULL,
      task_id INTEGER NOT NULL,
      run_id INTEGER NOT NULL,
      batch_id INTEGER NOT NULL,
      place INTEGER NOT NULL,          -- in the batch
      attempt INTEGER NOT NULL,
      status TEXT NOT NULL,
      is_open INTEGER NOT NULL,
      is_retry INTEGER NOT NULL DEFAULT 0,  -- whether another attempt followed for its failure
      seq INTEGER NOT NULL,            -- of its last change
      created INTEGER NOT NULL,
      started INTEGER,
      ended INTEGER,
      handle TEXT,
      node TEXT,
      cause TEXT,
      code INTEGER,                    -- exit code or signal, by cause
      wall REAL, cpu REAL, peak INTEGER,    -- seconds, seconds, bytes
      next_request INTEGER,            -- what the attempt after it asks for, where that changed
      message TEXT
    );
    CREATE INDEX instance_of_task ON instance (task_id);
    CREATE INDEX instance_open ON instance (workflow_id, status) WHERE is_open;

    -- Changes that stand on no instance row: whole batches, resets, edits, limits, runs.
    CREATE TABLE change (
      seq INTEGER PRIMARY KEY,
      time INTEGER NOT NULL,
      kind TEXT NOT NULL,              -- workflow, workflow_run, task, task_instance, limit
      workflow_id INTEGER NOT NULL,
      run_id INTEGER,
      id INTEGER,                      -- of the row that changed; the first of several
      others TEXT,                     -- ids of further rows, as ranges: "14-20,31"
      old TEXT,
      new TEXT NOT NULL,
      by TEXT,
      why TEXT
    );
    CREATE INDEX change_of_workflow ON change (workflow_id, seq);
    """

  /// `--accept-changes` binds a key again and keeps the replaced workflow. Commands can write attributes of their
  /// tasks. A run stores whether its cluster was given.
  private static let second = """
    CREATE TABLE workflow_2 (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      tool TEXT NOT NULL,
      tool_version TEXT NOT NULL,
      name TEXT NOT NULL,
      description TEXT,
      workflow_args TEXT NOT NULL,
      attributes TEXT NOT NULL,
      working_directory TEXT NOT NULL,
      on_finish TEXT,
      settings TEXT NOT NULL,          -- TaskSettings of the workflow, JSON
      tool_settings TEXT NOT NULL,     -- TaskSettings of the tool, JSON
      max_concurrently_running INTEGER,
      identity BLOB NOT NULL,
      dag BLOB NOT NULL,
      task_set BLOB NOT NULL,
      status TEXT NOT NULL,
      user TEXT NOT NULL,              -- who bound it
      created INTEGER NOT NULL,
      first_task INTEGER NOT NULL,     -- its tasks have the ids first_task ..< first_task + task_count
      task_count INTEGER NOT NULL,
      is_bound INTEGER NOT NULL,       -- 0 while slices are still missing
      has_started INTEGER NOT NULL,    -- whether any task instance was ever made
      holder INTEGER,                  -- the run that holds the lease
      replaced_by INTEGER              -- the workflow that --accept-changes made in its place
        );
    INSERT INTO workflow_2 SELECT *, NULL FROM workflow;
    DROP TABLE workflow;
    ALTER TABLE workflow_2 RENAME TO workflow;
    CREATE UNIQUE INDEX workflow_key ON workflow (tool, tool_version, workflow_args) WHERE replaced_by IS NULL;

    ALTER TABLE task ADD COLUMN written TEXT;    -- attributes that its command wrote, JSON
    ALTER TABLE run ADD COLUMN cluster_was_given INTEGER NOT NULL DEFAULT 0;
    """

  /// Separates the values of a task that a run changes from those that stay the same: 350 tasks per page instead of 50.
  /// A commit of tasks scattered over a large workflow then writes a few pages, not the whole table.
  private static let third = """
    CREATE TABLE task_3 (
      id INTEGER PRIMARY KEY,
      array INTEGER NOT NULL,          -- index of the array in the workflow
      status TEXT NOT NULL,            -- G, D, E, A or F: what is known without an open instance
      retries INTEGER NOT NULL,
      written TEXT                     -- attributes that its command wrote, JSON
    );
    INSERT INTO task_3 SELECT id, array, status, retries, written FROM task;

    -- What a task is, by its id.
    CREATE TABLE task_definition (
      id INTEGER PRIMARY KEY,
      upstream_set INTEGER NOT NULL,
      settings INTEGER NOT NULL,
      name TEXT NOT NULL,
      arguments BLOB NOT NULL,         -- values in the template's order, each with its length before it
      node_hash BLOB NOT NULL,
      command TEXT,                    -- only where it is not what the template renders
      attributes TEXT
    );
    INSERT INTO task_definition
      SELECT id, upstream_set, settings, name, arguments, node_hash, command, attributes FROM task;
    DROP TABLE task;
    ALTER TABLE task_3 RENAME TO task;

    -- Without the status, which changes with every step of an attempt.
    DROP INDEX instance_open;
    CREATE INDEX instance_open ON instance (workflow_id) WHERE is_open;
    """
  /// A workflow stores the folder of its file. A run stores its working directory and the last heartbeat of its driver.
  private static let fourth = """
    ALTER TABLE workflow ADD COLUMN project_folder TEXT;    -- NULL: a program has bound it
    ALTER TABLE run ADD COLUMN working_directory TEXT;      -- NULL: that of the workflow
    ALTER TABLE run ADD COLUMN beat_at INTEGER;             -- by the driver's wall clock, for people
    """

  /// Allows checking whether a write-ahead log belongs to the database.
  private static let fifth = """
    -- The last seq in the database file itself when its log was begun: the file can never hold less (LogCheck).
    ALTER TABLE store ADD COLUMN log_base INTEGER NOT NULL DEFAULT 0;

    -- Figures that no measurement can have; they are not taken any more (ResourceUsage).
    UPDATE instance SET wall = NULL WHERE wall < 0 OR wall > 1e10;
    UPDATE instance SET cpu = NULL WHERE cpu < 0 OR cpu > 1e10;
    UPDATE instance SET peak = NULL WHERE peak < 0;
    UPDATE template_version SET runtime_count = 0, runtime_mean = 0 WHERE runtime_mean < 0 OR runtime_mean > 1e10;
    """

  /// One feed of all changes, and separate values instead of sentences.
  private static let sixth = """
    -- What each commit has changed, in one row (ChangeDecoder). Rows of a workflow before version 6 are numbered anew.
    CREATE TABLE feed (
      seq INTEGER PRIMARY KEY,         -- of the first step
      last INTEGER NOT NULL,           -- of the last one
      workflow_id INTEGER NOT NULL,
      run_id INTEGER,
      user TEXT,                       -- who made the changes, where the run did not
      time INTEGER NOT NULL,           -- of the commit
      kinds INTEGER NOT NULL,          -- a bit for each kind of change (ChangeTag)
      changes BLOB NOT NULL
    );

    ALTER TABLE instance ADD COLUMN detail TEXT;       -- who cancelled it; the raw state of one that was lost
    ALTER TABLE instance ADD COLUMN follow_up TEXT;    -- FollowUp, JSON: where it has failed
    ALTER TABLE batch ADD COLUMN handle TEXT;          -- of all its instances that have none of their own
    ALTER TABLE batch ADD COLUMN launched INTEGER;     -- when the cluster accepted all of it at once
    ALTER TABLE run ADD COLUMN ending TEXT;            -- RunEnding, JSON
    """

  /// The last part of the sixth version, after the feed has been filled.
  private static let sixthWithFeed = """
    CREATE INDEX feed_of_workflow ON feed (workflow_id, seq);
    DROP TABLE change;
    ALTER TABLE instance DROP COLUMN seq;
    ALTER TABLE instance DROP COLUMN is_retry;    -- follow_up says it

    -- Attempts that have not ended. What a whole batch has become stands on its row.
    CREATE VIEW open_instance AS
      SELECT i.id, i.workflow_id, i.task_id, i.run_id, i.attempt, i.created, i.started,
        CASE WHEN i.status = 'INSTANTIATED' AND b.launched IS NOT NULL THEN 'LAUNCHED' ELSE i.status END AS status
      FROM instance i CROSS JOIN batch b ON b.id = i.batch_id WHERE i.is_open;
    """

  /// Reruns can be requested of a live run.
  private static let seventh = """
    -- Reruns requested of a live run (RerunRequest), and its answers.
    CREATE TABLE rerun (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      workflow_id INTEGER NOT NULL,
      run_id INTEGER NOT NULL,         -- the run that is asked
      user TEXT NOT NULL,              -- who asks
      asked INTEGER NOT NULL,
      wish TEXT NOT NULL,              -- the tasks and what they are to ask for, JSON
      changed INTEGER,                 -- tasks that were set back; NULL until the run has answered
      obstacle TEXT                    -- RerunObstacle, JSON: why the run has changed nothing
    );
    CREATE INDEX rerun_open ON rerun (run_id) WHERE changed IS NULL;
    """
}
