"""Rows on what others need for the same commands: make, GNU parallel, and what `make bench-peers` has installed."""

import json
import os
import pathlib
import shutil
import statistics

# Where `make bench-peers` puts them, how many commands each gets, and what is left of them after a SIGKILL.
PYTHON = pathlib.Path(".build/peers/bin/python")
PEERS = {
    "HyperQueue": ("hyperqueue", 5_000, "log files; a journal only where one is asked for"),
    "Dask": ("dask", 5_000, "nothing"),
    "Parsl": ("parsl", 5_000, "nothing, unless memoization is asked for"),
    "Luigi": ("luigi", 1_000, "a file that each task writes itself"),
    "Snakemake": ("snakemake", 300, "a file that each task writes itself, and its metadata"),
}


class PeerRows:
    def __init__(self, bench, count):
        self.bench = bench
        self.count = count
        self.registry = bench.write("peers.json", json.dumps({"clusters": {
            str(slots): {"plugin": "local", "options": {"slots": slots}} for slots in (2, 64)}}))
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

    def programs(self):
        """make, xargs and GNU parallel: a builtin of the shell and a program, at 2 slots and at 64."""
        for command in ("true", "/bin/true"):
            file, rules = self.workflow(f"noop{command.count('/')}", command), self.makefile(f"Makefile{command.count('/')}", command)
            for slots in (2, 64):
                subjects = {
                    "jobmon": lambda: self.own(file, slots),
                    f"`make -j{slots}`": lambda: self.bench.time(["make", "-s", f"-j{slots}", "-f", rules])[0],
                    f"`xargs -P {slots}` with the same log files": lambda: self.bench.time(
                        ["xargs", "-P", str(slots), "-I{}", "sh", "-c", command + " {} >x/{}.o 2>x/{}.e"],
                        cwd=self.folder(), stdin=self.numbers)[0],
                    f"`xargs -P {slots}`": lambda: self.bench.time(
                        ["xargs", "-P", str(slots), "-I{}", "sh", "-c", command + " {}"], stdin=self.numbers)[0],
                }
                times = dict(zip(subjects, self.bench.alternate(*subjects.values())))
                ours = times.pop("jobmon")
                bars = {"make": "0.8", "with": "1.3"}
                for what, seconds in times.items():
                    bar = next((bar for word, bar in bars.items() if word in what), "0.95")
                    self.bench.report(
                        f"{self.count:,} x `{command}`, {slots} slots, against {what}", f"{seconds / ours:.2f} of its rate",
                        bar, f"{self.count / ours:,.0f}/s against {self.count / seconds:,.0f}/s")
        if shutil.which("parallel"):
            short = self.bench.write("parallel.numbers", "".join(f"{n}\n" for n in range(2000)))
            seconds = statistics.median(
                self.bench.time(["parallel", "-j2", "true {}"], stdin=short)[0] for _ in range(self.bench.rounds))
            self.bench.report("2,000 x `true` by GNU parallel, 2 slots", f"{2000 / seconds:,.0f}/s", "")

    def costs(self):
        """The driver's own processor time for a task, and what it costs to sync every commit."""
        file = self.workflow("costs", "true")
        used = []
        for _ in range(self.bench.rounds):
            used.append(self.driver_seconds(file) / self.count)
        self.bench.report(
            "processor time of the driver for a no-op task, the start of the process beside it",
            f"{statistics.median(used) * 1e6:.0f} us", "100 us", "reading, binding, deciding, committing")
        plain, synced = self.bench.alternate(
            lambda: self.own(file, 2), lambda: self.own(file, 2, {"JOBMON__DATABASE__SYNCHRONOUS": "full"}))
        self.bench.report(
            f"{self.count:,} no-op tasks with `database.synchronous: full`", f"{plain / synced:.2f} of the rate without", "",
            f"{self.count / synced:,.0f}/s against {self.count / plain:,.0f}/s")

    def driver_seconds(self, file):
        process = os.posix_spawn(
            self.bench.jobmon,
            [self.bench.jobmon, "run", file, "-c", "2", "--plugins", self.registry, "--no-progress", "--quiet"],
            self.bench.environment(self.bench.database()),
            file_actions=[(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)])
        # It stays a zombie with its own times, not those of its children, until it is waited for.
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        _, status = os.waitpid(process, 0)
        if status:
            raise SystemExit(f"jobmon ended with status {status}")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peers(self):
        if not PYTHON.exists():
            print("no rows of other systems: `make bench-peers` installs them")
            return
        program = str(pathlib.Path(__file__).with_name("peers.py"))
        for name, (peer, count, keeps) in PEERS.items():
            # Each gets fewer commands than we do where it is slow; two rounds are enough to see by how much.
            seconds = []
            for _ in range(min(self.bench.rounds, 3)):
                self.bench.time([str(PYTHON.absolute()), program, peer, str(count)], cwd=self.folder())
                seconds.append(float(self.bench.said().split()[-1]))
            rate = count / statistics.median(seconds)
            self.bench.report(f"{count:,} x `true`, 2 slots, by {name}", f"{rate:,.0f}/s", "", f"keeps {keeps}")
