"""Rows for output: listings of a large store, the report, and the cost of watching."""

import contextlib
import json
import os
import pathlib
import pty
import sqlite3
import statistics
import subprocess
import time

from results import Measure

WORKFLOWS = 50
EACH = 20_000
REPORTED = 100_000
WATCHED = 20

# All listings, for the middle one of the workflows and one of its tasks.
LISTINGS = [
    "workflow_status -l 0", "workflow_status --name ma* --status DONE --since 1d -l 0", "workflow_tasks -w 25 -l 0",
    "workflow_tasks -w 25 -s FATAL -l 0", "workflow_tasks -w 25 --name *n-77*", "task_status -t 490000",
    "task_dependencies -t 490000", "get_filepaths -w 25 -j *n-17999 -l 0", "errors -w 25", "explain -t 490000",
    "explain -w 25", "history -t 490000", "history -w 25", "task_template_resources -w 25",
    "task_template_resources --template process", "create_resource_yaml -w 25", "logs -t 490000", "clusters", "config",
    "watch -w 25 -n",
]

STORE = """\
tool: bench
name: many
params: {{which: "0"}}
workflow_args: "{{which}}"
task_templates:
  process: {{command_template: "process {{n}}", node_args: [n]}}
  aggregate: {{command_template: "aggregate {{n}}", node_args: [n]}}
tasks:
  - {{template: process, for_each: {{n: {{range: [1, {most}]}}}}}}
  - {{template: aggregate, for_each: {{n: {{range: [1, {some}]}}}}, upstream: [{{template: process, where: {{n: "{{n}}"}}}}]}}
"""

SLEEPING = """\
tool: bench
name: watched
task_templates: {step: {command_template: "sleep 0.1 # {n}", node_args: [n]}}
tasks: [{template: step, for_each: {n: {range: [1, 100000]}}}]
"""


class ScreenRows:
    def __init__(self, bench):
        self.bench = bench
        self.database = bench.database()
        # Some tasks fail and are retried, so that there are errors to list.
        self.registry = bench.write(
            "screen.json",
            json.dumps({"clusters": {
                "sim": {"plugin": "dummy", "options": {"faults": {"exit": 0.002}}},
                "week": {"plugin": "dummy", "options": {
                    "time": "virtual", "nodes": 40, "cores": 32, "memory": "256G", "faults": {"exit": 0.01},
                    "runtimes": {"process": {"lognormal": ["40m", 0.4]}}}}}}))

    def command(self, words, ok=(0,)):
        return self.bench.time([self.bench.jobmon, *words], env=self.bench.environment(self.database), ok=ok)[0]

    def run(self, file, cluster, *more):
        return self.command(["run", file, "-c", cluster, "--plugins", self.registry, "--quiet", *more], ok=(0, 1))

    def listings(self):
        file = self.bench.write("many.yaml", STORE.format(most=EACH * 9 // 10, some=EACH // 10))
        for which in range(WORKFLOWS):
            self.run(file, "sim", "--set", f"which={which}")
        times, bare = {}, []
        for _ in range(self.bench.rounds):
            for words in LISTINGS:
                times.setdefault(words, []).append(self.command(words.split()))
            bare.append(self.scan())
        medians = {words: statistics.median(each) for words, each in times.items()}
        slowest = max(medians, key=medians.get)
        self.bench.report(
            f"every listing on {WORKFLOWS * EACH:,} tasks in {WORKFLOWS} workflows",
            Measure(medians[slowest] * 1000, ".0f", "ms", most=200),
            note=f"the slowest: `{slowest}`; the median of all {statistics.median(medians.values()) * 1000:.0f} ms; a plain SQLite "
            f"query that sums the usage of all attempts {statistics.median(bare) * 1000:.0f} ms")

    def scan(self):
        """The time that SQLite alone takes to read the usage of all attempts, as the slowest listing does."""
        began = time.monotonic()
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.execute("SELECT sum(batch_id), sum(wall), sum(peak), sum(cpu) FROM instance WHERE status = 'DONE'").fetchone()
        return time.monotonic() - began

    def reporting(self):
        file = self.bench.write("reported.yaml", STORE.format(most=REPORTED * 9 // 10, some=REPORTED // 10))
        self.run(file, "week", "--set", "which=reported")
        page = self.bench.folder / "report.html"
        took = [self.command(["report", "-w", str(WORKFLOWS + 1), "-f", str(page)]) for _ in range(self.bench.rounds)]
        size = page.stat().st_size / 2**20
        browser = next((b for b in ["chromium-headless-shell", "chromium"] if pathlib.Path("/usr/bin", b).exists()), None)
        drawn, opened = [], "no browser is installed"
        if browser:
            times = [
                self.bench.time([
                    f"/usr/bin/{browser}", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={self.bench.folder}/profile",
                    f"--screenshot={self.bench.folder}/shot.png", f"file://{page}"])[0]
                for _ in range(self.bench.rounds)]
            drawn = [Measure(statistics.median(times), ".1f", "s", most=2)]
            opened = "second figure: a browser starts, opens and renders it"
        self.bench.report(
            f"`report` of {REPORTED:,} tasks", Measure(statistics.median(took), ".1f", "s", most=10), *drawn,
            note=f"{size:.0f} MiB; {opened}")

    def watching(self):
        """Processor time of the live display and of `watch`, on terminals, during a run of 100,000 tasks."""
        file = self.bench.write("watched.yaml", SLEEPING)
        environment = self.bench.environment(self.database) | {"TERM": "xterm"}
        terminals = [pty.openpty(), pty.openpty()]
        run = subprocess.Popen(
            [self.bench.jobmon, "run", file, "--max-concurrently-running", "16"], env=environment,
            stdin=subprocess.DEVNULL, stdout=terminals[0][1], stderr=terminals[0][1])
        time.sleep(3)
        watch = subprocess.Popen(
            [self.bench.jobmon, "watch", "-w", str(WORKFLOWS + 2)], env=environment,
            stdin=subprocess.DEVNULL, stdout=terminals[1][1], stderr=terminals[1][1])
        for terminal, _ in terminals:
            os.set_blocking(terminal, False)
        time.sleep(2)

        def ticks():
            threads = [
                sum(int(n) for n in stat.read_text().rsplit(")", 1)[1].split()[11:13])
                for stat in pathlib.Path(f"/proc/{run.pid}/task").glob("*/stat")
                if (stat.parent / "comm").read_text().strip() == "display"]
            own = pathlib.Path(f"/proc/{watch.pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
            return sum(threads), sum(int(n) for n in own)

        began, before = time.monotonic(), ticks()
        while time.monotonic() - began < WATCHED:
            for terminal, _ in terminals:
                try:
                    os.read(terminal, 1 << 16)
                except BlockingIOError:
                    pass
            time.sleep(0.05)
        passed, after = time.monotonic() - began, ticks()
        watch.kill()
        run.terminate()
        run.terminate()
        run.wait()
        watch.wait()
        share = [100 * (b - a) / os.sysconf("SC_CLK_TCK") / passed for a, b in zip(before, after)]
        self.bench.report(
            "the live display, and `watch` at the same time, during a run of 100,000 tasks",
            *(Measure(each, ".1f", "% of a core", most=1) for each in share))
