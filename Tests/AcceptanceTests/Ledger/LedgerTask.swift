/// The command that ledger workflows run.
///
/// Every line is written by one `write` to a file opened with O_APPEND, so the order of the lines is the chronological
/// order, whichever process wrote them. A lock that all descendants of an execution inherit shows whether two
/// executions of one task overlap; the lines that descendants keep writing show which ones.
enum LedgerTask {
  /// `sh task.sh KIND [ARGUMENT]`; reads LEDGER, LOCKS and the JOBMON_* variables.
  static let script = #"""
    say() { printf '%s %s %s %s %s %s\n' "$1" "$JOBMON_TASK_NAME" "$JOBMON_TASK_INSTANCE_ID" "$JOBMON_ATTEMPT" \
      "$JOBMON_WORKFLOW_RUN_ID" "$$" >>"$LEDGER"; }
    # Writes a line every few milliseconds for as long as it lives; ends by itself when the world is gone.
    beat() { while [ -e "$LEDGER" ] && [ "$n" -gt 0 ]; do say beat; n=$((n - 1)); sleep 0.01; done; }
    kind=$1 argument=${2:-}
    exec 9>"$LOCKS/$JOBMON_TASK_NAME"
    flock -n 9 || say overlap
    say start
    case $kind in
      plain) ;;
      sleep) sleep "$argument" ;;
      # Waits until the test opens a gate.
      gate) while [ ! -e "$argument" ]; do sleep 0.01; done ;;
      # A grandchild that works while this one waits for it.
      grandchild) n=$argument; (beat) & wait ;;
      # One in a session of its own; this one waits by looking, not as its parent.
      setsid)
        n=$argument; export n
        setsid sh -c '
          say() { printf "%s %s %s %s %s %s\n" "$1" "$JOBMON_TASK_NAME" "$JOBMON_TASK_INSTANCE_ID" \
            "$JOBMON_ATTEMPT" "$JOBMON_WORKFLOW_RUN_ID" "$$" >>"$LEDGER"; }
          while [ -e "$LEDGER" ] && [ "$n" -gt 0 ]; do say beat; n=$((n - 1)); sleep 0.01; done
          : >"$LOCKS/finished.$JOBMON_TASK_INSTANCE_ID"' &
        while [ ! -e "$LOCKS/finished.$JOBMON_TASK_INSTANCE_ID" ]; do sleep 0.01; done ;;
      # Fails until this many attempts have been made in all runs.
      flaky)
        if [ "$(grep -c "^start $JOBMON_TASK_NAME " "$LEDGER")" -le "$argument" ]; then say fail; exit 3; fi ;;
      fail) say fail; exit "$argument" ;;
    esac
    say end

    """#
}
