/// `jobmon --help`: the most used commands, in groups, on one screen of 80 columns and 40 lines.
enum RootHelp {
  static let text = """
    Run workflows of shell commands, here or on a cluster; never lose finished work.

    USAGE: jobmon <command> [<options>]

    Start and continue
      init                  Write a small workflow file to start from.
      run FILE              Run a workflow; --resume continues it, -n plans it.
      resume                Continue a workflow by its id (workflow resume).
      bind FILE             Store a workflow without running it.
      import, export        Read and write workflow instances of WfCommons.

    Inspect
      workflow status       List workflows with the counts of their tasks.
      workflow tasks        List tasks with state, duration, memory, node and exit.
      workflow watch        Follow a running workflow.
      workflow errors       Show failures, similar ones together.
      workflow explain      Say why tasks are not running.
      workflow logs         Print what tasks wrote.
      task show ID          Show everything about one task.

    Control
      workflow stop         Stop a running workflow.
      workflow pause        Start no new tasks, until workflow continue.
      workflow rerun        Run failed or selected tasks again.

    More
      workflow, task, cluster, db, config
                            `jobmon workflow --help` lists the whole group.
      schema                Print the JSON Schema of workflow files.
      version               Print the version.

    -w takes an id, a name or last (default: your newest workflow). Lists are JSON
    with -n, CSV with --csv. `jobmon <command> --help` has options and an example.
    Flat names (workflow_status, task_status, ...) are aliases of the grouped ones.
    Exit codes: 0 done, 1 tasks failed, 2 invalid input, 3 refused or taken over,
    4 the cluster cannot be used, 130 stopped.
    """
}
