"""Rows for other systems with the same commands: make, GNU parallel, and those installed by `make bench-peers`."""

import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess

from page import PYTHON
from results import Measure

SLOTS = (2, 64)
# GNU parallel gets fewer commands: it is slow enough to be measured with them.
FEW = 2_000
PEERS_ROUNDS, PEER_SECONDS = 3, 300
# What each system keeps if it and all its processes are killed.
KEEPS = {
    "jobmon": "what was committed: attempts, outcomes, times, memory, in SQLite; the log files of tasks that wrote something",
    "spawn": "nothing: it only starts and reaps processes",
    "make": "nothing: these rules write no files",
    "logs": "two log files per task, but not which commands succeeded",
    "xargs": "nothing",
    "parallel": "nothing",
    "joblog": "a line for each command that ended, in the file that `--joblog` names",
}
# The systems installed by `make bench-peers`, the number of commands for each, and what it keeps.
PEERS = {
    "HyperQueue": ("hyperqueue", 5_000, "two log files per task; its journal, which is off here, would keep jobs and outcomes"),
    "Dask": ("dask", 5_000, "nothing"),
    "Parsl": ("parsl", 5_000, "its own log files; its checkpoints, which are off here, would keep results of apps"),
    "Luigi": ("luigi", 1_000, "the file that each task writes itself"),
    "Snakemake": ("snakemake", 1_000, "the file that each task writes, and a file of metadata for it"),
}


class PeerRows:
    def __init__(self, bench, count):
        self.bench = bench
        self.count = count
        self.registry = bench.write("peers.json", json.dumps({"clusters": {
            str(slots): {"plugin": "local", "options": {"slots": slots}} for slots in (2, 64)}}))
        self.spawn = str(bench.folder / "spawn")
        self.numbers = bench.write("peer.numbers", "".join(f"{n}\n" for n in range(count)))

    def workflow(self, name, command):
        return self.bench.write(f"{name}.yaml", f"""\
tool: bench
name: {name}
task_templates:
  noop: {{command_template: "{command} {{n}}", node_args: [n]}}
tasks:
  - template: noop
    for_each: {{n: {{range: [1, {self.count}]}}}}
""")

    def makefile(self, name, command):
        targets = " ".join(f"t{n}" for n in range(self.count))
        rules = "".join(f"t{n}: ; @{command} {n}\n" for n in range(self.count))
        return self.bench.write(name, f".PHONY: all {targets}\nall: {targets}\n{rules}")

    def own(self, file, slots, environment={}):
        database = self.bench.database()
        return self.bench.time(
            [self.bench.jobmon, "run", file, "-c", str(slots), "--plugins", self.registry, "--no-progress"],
            env=self.bench.environment(database) | environment)[0]

    def folder(self):
        self.bench.fresh += 1
        folder = self.bench.folder / str(self.bench.fresh)
        (folder / "x").mkdir(parents=True)
        return folder

    def run_parallel(self, slots, command, *more):
        return self.bench.time(
            ["parallel", f"-j{slots}", *more, command + " {}"], cwd=self.folder(), stdin=self.few)[0]

    def run_xargs(self, slots, command):
        return self.bench.time(
            ["xargs", "-P", str(slots), "-I{}", "sh", "-c", command], cwd=self.folder(), stdin=self.numbers)[0]

    def build_spawn(self):
        source = pathlib.Path(__file__).with_name("Spawn") / "spawn.c"
        subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", self.spawn, str(source)], check=True)

    def programs(self):
        """A bare spawner, make, xargs and GNU parallel, with a shell builtin and a program, with 2 and 64 slots."""
        self.build_spawn()
        self.few = self.bench.write("parallel.numbers", "".join(f"{n}\n" for n in range(FEW)))
        names = {
            "jobmon": "Jobmon", "spawn": "`Bench/Spawn`: a C program that only starts and reaps `sh -c`", "make": "`make -j`", "logs": "`xargs -P`, the same log files", "xargs": "`xargs -P`",
            "parallel": "GNU parallel", "joblog": "GNU parallel, `--joblog`",
        }
        bars = {"spawn": 0.95, "make": 0.8, "logs": 1.8, "xargs": 0.95}
        counts = {key: FEW if key in ("parallel", "joblog") else self.count for key in names}
        systems = {
            key: {"name": name, "keeps": KEEPS[key], "count": counts[key], "measured": []} for key, name in names.items()}
        for command in ("true", "/bin/true"):
            file = self.workflow(f"noop{command.count('/')}", command)
            rules = self.makefile(f"Makefile{command.count('/')}", command)
            for slots in SLOTS:
                subjects = {
                    "jobmon": lambda: self.own(file, slots),
                    "spawn": lambda: self.bench.time([self.spawn, str(slots), str(self.count), command])[0],
                    "make": lambda: self.bench.time(["make", "-s", f"-j{slots}", "-f", rules])[0],
                    "logs": lambda: self.run_xargs(slots, command + " {} >x/{}.o 2>x/{}.e"),
                    "xargs": lambda: self.run_xargs(slots, command + " {}"),
                }
                if command == "true" and shutil.which("parallel"):
                    subjects |= {
                        "parallel": lambda: self.run_parallel(slots, command),
                        "joblog": lambda: self.run_parallel(slots, command, "--joblog", "joblog"),
                    }
                times = dict(zip(subjects, self.bench.alternate(*subjects.values())))
                own = counts["jobmon"] / times["jobmon"]
                for key, seconds in times.items():
                    rate = counts[key] / seconds
                    measured = {"command": command, "slots": slots, "rate": round(rate, 1)}
                    if key in bars:
                        measured["ours"] = Measure(own / rate, ".2f", "", least=bars[key]).data()
                    systems[key]["measured"].append(measured)
                    print(f"{counts[key]:,} x `{command}`, {slots} slots, {names[key]}: {rate:,.0f}/s", flush=True)
        self.bench.keep(systems=[system for system in systems.values() if system["measured"]])

    def costs(self):
        """The driver's own processor time per task, and the cost of syncing every commit."""
        file = self.workflow("costs", "true")
        used = []
        for _ in range(self.bench.rounds):
            used.append(self.driver_seconds(file) / self.count)
        self.bench.report(
            "processor time of the driver per no-op task, without the processes that it starts",
            Measure(statistics.median(used) * 1e6, ".0f", "us", most=100), note="reading, binding, deciding, committing")
        plain, synced = self.bench.alternate(
            lambda: self.own(file, 2), lambda: self.own(file, 2, {"JOBMON__DATABASE__SYNCHRONOUS": "full"}))
        self.bench.report(
            f"{self.count:,} no-op tasks with `database.synchronous: full`",
            Measure(plain / synced, ".2f", "of the normal rate"),
            note=f"{self.count / synced:,.0f}/s, normally {self.count / plain:,.0f}/s")

    def driver_seconds(self, file):
        process = os.posix_spawn(
            self.bench.jobmon,
            [self.bench.jobmon, "run", file, "-c", "2", "--plugins", self.registry, "--no-progress", "--quiet"],
            self.bench.environment(self.bench.database()),
            file_actions=[(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)])
        # Until it is waited for it is a zombie that has its own times, without those of its children.
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        _, status = os.waitpid(process, 0)
        if status:
            raise SystemExit(f"jobmon ended with status {status}")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peer(self, peer, count, slots):
        """The seconds that another system reports, or a line that says why it failed."""
        program = str(pathlib.Path(__file__).with_name("peers.py").resolve())
        process = subprocess.Popen(
            [str(PYTHON), program, peer, str(count), str(slots)], cwd=self.folder(), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        try:
            said, complaint = process.communicate(timeout=PEER_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            return None, f"not done after {PEER_SECONDS} s"
        lines = said.split()
        if process.returncode == 0 and lines:
            return float(lines[-1]), None
        last = next((line for line in reversed((complaint or said).splitlines()) if line.strip()), "no output")
        return None, f"{last.strip()[:100].replace('|', '/')} (status {process.returncode})"

    def peers(self):
        if not PYTHON.exists():
            print("other systems are not measured: `make bench-peers` installs them")
            return
        rounds = min(self.bench.rounds, PEERS_ROUNDS)
        file = self.workflow("peers", "true")
        subjects = {"Jobmon": ("jobmon", self.count, KEEPS["jobmon"])} | PEERS
        systems = {
            name: {"name": name, "keeps": keeps, "count": count, "measured": []}
            for name, (_, count, keeps) in subjects.items()}
        own = {}
        # One system after the other. Snakemake comes last, because it deletes many files: see Bench.__init__.
        for name, (peer, count, _) in subjects.items():
            for slots in SLOTS:
                measured = {"command": "true", "slots": slots}
                times, why = [], None
                for _ in range(rounds):
                    seconds, why = (self.own(file, slots), None) if peer == "jobmon" else self.peer(peer, count, slots)
                    if why:
                        break
                    times.append(seconds)
                if why:
                    measured["failed"] = why
                    print(f"{name}, {slots} slots: failed: {why}", flush=True)
                else:
                    rate = count / statistics.median(times)
                    measured["rate"] = round(rate, 1)
                    if peer == "jobmon":
                        own[slots] = rate
                    else:
                        measured["ours"] = Measure(own[slots] / rate, ".1f", "times").data()
                    print(f"{count:,} x `true`, {slots} slots, {name}: {rate:,.0f}/s", flush=True)
                systems[name]["measured"].append(measured)
        self.bench.keep(rounds=rounds, systems=list(systems.values()))
