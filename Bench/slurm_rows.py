"""Rows that need a Slurm cluster: the lab of Scripts/slurm-lab on this machine."""

import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

from results import Measure

JOBS = 1_000
CHAIN = 20
MANY = 10_000
LIVE = 500
SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "Scripts" / "slurm-lab"


class SlurmRows:
    def __init__(self, bench):
        self.bench = bench
        self.lab = bench.folder / "lab"
        self.environment = {"SLURM_CONF": str(self.lab / "slurm.conf")}
        self.lab_script("up")
        self.plugins = bench.write(
            "slurm.json",
            json.dumps({"clusters": {"slurm": {"plugin": "slurm", "options": {"scratch": str(bench.folder / "scratch")}}}}),
        )

    def lab_script(self, word):
        more = {"LAB_PORT": "17200", "LAB_CONF": "MaxJobCount=50000"}
        done = subprocess.run([SCRIPT, word, self.lab], env=os.environ | more, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"Scripts/slurm-lab failed: {done.stdout}{done.stderr}")

    def down(self):
        self.lab_script("down")

    def slurm(self, *words):
        return subprocess.run(
            words, env=os.environ | self.environment, check=True, capture_output=True, text=True).stdout

    def wait_until_idle(self):
        while self.slurm("squeue", "-h", "-o", "%i"):
            time.sleep(0.1)

    def command(self, *words):
        database = self.bench.database()
        environment = self.bench.environment(database) | self.environment | {"JOBMON_PLUGINS": self.plugins}
        return [self.bench.jobmon, *words, "-c", "slurm", "--no-progress"], environment

    def file(self, name, command, count, **more):
        document = {
            "tool": "bench", "name": name, "workflow_args": name,
            "task_templates": {"t": {"command_template": command + "; : {n}", "node_args": ["n"]}},
            "default_compute_resources": {"any": {"memory": "10M"}},
            "tasks": [{"template": "t", "for_each": {"n": {"range": [1, count]}}}],
        } | more
        return self.bench.write(f"{name}.json", json.dumps(document))

    def events(self, path):
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines() if line.endswith("}")]

    # The rows

    def array(self):
        """The same commands as one plain job array, measured until the last one has ended, by its own time stamp."""
        stamps = self.bench.folder / "stamps"
        stamp = f"date +%s.%N >>{stamps}"
        file = self.file("array", stamp, JOBS)

        def raw():
            self.wait_until_idle()
            stamps.write_text("")
            began = time.time()
            self.slurm("sbatch", f"--array=1-{JOBS}", "--mem=10M", "-o", "/dev/null", "--wrap", stamp)
            while len(lines := stamps.read_text().split()) < JOBS:
                time.sleep(0.02)
            return max(map(float, lines)) - began

        def ours():
            self.wait_until_idle()
            stamps.write_text("")
            words, environment = self.command("run", file)
            return self.bench.time(words, env=environment)[0]

        own, bare = self.bench.alternate(ours, raw)
        self.bench.report(
            f"{JOBS:,} no-op jobs on Slurm, compared with raw `sbatch --array=1-{JOBS}`",
            Measure(own / bare, ".2f", "of its time", most=1.2),
            note=f"{own:.1f} s to the end of the run, {bare:.1f} s to the time stamp of the last raw job")

    def chain(self):
        stamps = self.bench.folder / "hops"
        stamp = f"date +%s.%N >>{stamps}"
        tasks = [
            {"template": "t", "name": f"h{n}", "args": {"n": n}} | ({"upstream": [{"task": f"h{n - 1}"}]} if n else {})
            for n in range(CHAIN)
        ]
        file = self.file("hops", f"{stamp}; {stamp}", 1, tasks=tasks)
        hops, bare = [], []
        for _ in range(self.bench.rounds):
            self.wait_until_idle()
            stamps.write_text("")
            words, environment = self.command("run", file)
            self.bench.time(words, env=environment)
            times = [float(line) for line in stamps.read_text().split()]
            hops.append(statistics.mean(times[2 * n + 2] - times[2 * n + 1] for n in range(CHAIN - 1)))
            singles = []
            for _ in range(CHAIN // 2):
                self.wait_until_idle()
                stamps.write_text("")
                began = time.time()
                self.slurm("sbatch", "--mem=10M", "-o", "/dev/null", "--wrap", stamp)
                while not (text := stamps.read_text()).endswith("\n"):
                    time.sleep(0.005)
                singles.append(float(text) - began)
            bare.append(statistics.mean(singles))
        own, one = statistics.median(hops), statistics.median(bare)
        self.bench.report(
            f"a chain of {CHAIN} on Slurm: per hop, from end to start, minus the time that one raw job takes to start",
            Measure(own - one, "+.2f", "s", most=0.5), note=f"{own:.2f} s per hop, {one:.2f} s for `sbatch` of one job")

    def drained(self, body):
        self.slurm("scontrol", "update", "node=n[1-4]", "state=drain", "reason=bench")
        try:
            return body()
        finally:
            self.slurm("scancel", "-u", str(os.getuid()))
            self.slurm("scontrol", "update", "node=n[1-4]", "state=resume")
            self.wait_until_idle()

    def until(self, process, condition):
        while process.poll() is None and not condition():
            time.sleep(0.02)

    def end(self, process):
        """Kills the driver and the plugin together."""
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        plugins = [int(n) for n in subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()]
        for pid in [process.pid, *plugins]:
            os.kill(pid, signal.SIGKILL)
        process.wait()

    def submitting(self):
        file = self.file("many", "true", MANY)
        times = []
        for round in range(self.bench.rounds):
            def once():
                words, environment = self.command("run", file, "--events", "events")
                folder = pathlib.Path(environment["JOBMON_DATABASE"]).parent
                began = time.time()
                process = subprocess.Popen(
                    words, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.until(process, lambda: (folder / "events").exists()
                           and (folder / "events").read_text().count('"to":"LAUNCHED"') >= MANY)
                took = time.time() - began
                self.end(process)
                return took
            times.append(self.drained(once))
        self.bench.report(
            f"{MANY:,} tasks submitted to Slurm, from the start of `jobmon run`",
            Measure(statistics.median(times), ".1f", "s", most=5))

    def adopting(self):
        times = []
        for round in range(self.bench.rounds):
            def once():
                # The last task can be submitted only when the state of the others is known.
                file = self.file(f"live{round}", "true", LIVE + 1, max_concurrently_running=LIVE)
                words, environment = self.command("run", file, "--events", "events")
                folder = pathlib.Path(environment["JOBMON_DATABASE"]).parent
                def scheduled(count):
                    return lambda: (folder / "events").exists() and (
                        folder / "events").read_text().count('"to":"LAUNCHED"') >= count
                process = subprocess.Popen(
                    words, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.until(process, scheduled(LIVE))
                self.end(process)
                subprocess.run(
                    [self.bench.jobmon, "concurrency_limit", "-w", "1", "-m", str(LIVE + 1)], env=environment, check=True,
                    stdout=subprocess.DEVNULL)
                os.unlink(folder / "events")
                began = time.time()
                process = subprocess.Popen(
                    [self.bench.jobmon, "workflow_resume", "-w", "1", "-c", "slurm", "--no-progress", "--events", "events"],
                    env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                self.until(process, scheduled(1))
                took = time.time() - began
                self.end(process)
                return took
            times.append(self.drained(once))
        self.bench.report(
            f"`workflow_resume` that adopts {LIVE} live jobs, until the next task is submitted",
            Measure(statistics.median(times), ".1f", "s", most=3))

    def steady(self, seconds=60):
        """1,000 jobs in the queue, of which 32 run."""
        file = self.file("steady", "sleep 1000", JOBS)
        words, environment = self.command("run", file, "-v")
        with open(self.bench.folder / "steady.out", "w") as out:
            process = subprocess.Popen(words, env=environment, stdout=out, stderr=out)
        self.until(process, lambda: len(self.slurm("squeue", "-h", "-t", "R", "-o", "%i").split()) >= 32)
        time.sleep(10)
        pids = [process.pid] + [int(n) for n in subprocess.run(
            ["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()]

        def cpu():
            ticks = os.sysconf("SC_CLK_TCK")
            return sum(sum(map(int, pathlib.Path(f"/proc/{p}/stat").read_text().rsplit(")")[1].split()[11:13])) for p in pids) / ticks

        def calls():
            text = self.slurm("sdiag")
            found = re.search(r"REQUEST_JOB_USER_INFO\s.*?count:(\d+)", text)
            return int(found.group(1)) if found else 0

        before, asked, began = cpu(), calls(), time.time()
        time.sleep(seconds)
        took = time.time() - began
        share, rate = (cpu() - before) / took, (calls() - asked) / took
        self.end(process)
        self.slurm("scancel", "-u", str(os.getuid()))
        self.wait_until_idle()
        self.bench.report(
            f"{JOBS:,} jobs in the queue, 32 running, for {seconds} s: driver and plugin",
            Measure(share * 100, ".1f", "% of a core", most=2),
            *([Measure(1 / rate, ".0f", "s between calls", least=2)] if rate else []),
            note="calls by `sdiag`" + ("" if rate else ": none"))
