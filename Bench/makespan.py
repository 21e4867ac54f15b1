"""Schedule lengths: Bench/makespan.py PROGRAMS [--seeds N] [--only WORD...] [--sizes N...] [--jobs N] [--dry]

Needs a Python with wfcommons and numpy. Rows are written to Bench/results/makespan.json as they are ready, and from
there to BENCHMARKS.md. Time is virtual, so the load of the machine does not change the results.

Workflows that WfCommons generates from traces of real workflows run on a simulated cluster in virtual time: first
without known runtimes, then with the runtimes of the first run in the store. The length is compared with the lower
bound max(critical path, total work / cores), and with the same tasks in the order first come, first served, which is
simulated here. A second, stronger bound includes what must come before and after: for all heads r and tails q, it is
r + work of the tasks with head >= r and tail >= q, divided by cores, + q (Fernandez and Bussell, 1973). It also
includes that work comes in rounds (Instance.rounds_bound). If the stronger bound is above 1.05 of the first one, no
schedule can come within 5 % of the first one.
"""

import argparse
import concurrent.futures
import heapq
import json
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile

import numpy
from wfcommons import WorkflowGenerator
from wfcommons.wfchef import recipes

import page
import results

APPLICATIONS = {
    "Montage": recipes.MontageRecipe, "Epigenomics": recipes.EpigenomicsRecipe, "1000Genome": recipes.GenomeRecipe,
    "Cycles": recipes.CyclesRecipe, "Seismology": recipes.SeismologyRecipe, "BLAST": recipes.BlastRecipe,
}
SIZES = [200, 1000]
# Tasks per core of the cluster.
SHARES = [64, 16, 4]


class Instance:
    def __init__(self, path):
        workflow = json.loads(path.read_text())["workflow"]
        tasks = workflow["specification"]["tasks"]
        place = {task["id"]: n for n, task in enumerate(tasks)}
        took = {task["id"]: task["runtimeInSeconds"] for task in workflow["execution"]["tasks"]}
        # Rounded to milliseconds, as in the simulation.
        self.seconds = [round(took[task["id"]], 3) for task in tasks]
        upstreams = [set() for _ in tasks]
        for n, task in enumerate(tasks):
            upstreams[n] |= {place[parent] for parent in task.get("parents", [])}
            for child in task.get("children", []):
                upstreams[place[child]].add(n)
        self.waits = [len(them) for them in upstreams]
        self.downstreams = [[] for _ in tasks]
        for n, them in enumerate(upstreams):
            for upstream in them:
                self.downstreams[upstream].append(n)
        self.measure()

    def measure(self):
        """Computes each task's level, head (the longest path before it), tail (after it), and all tasks before it."""
        count = len(self.seconds)
        order = [n for n in range(count) if not self.waits[n]]
        left = self.waits[:]
        level, head, tail = numpy.zeros(count, int), numpy.zeros(count), numpy.zeros(count)
        self.above = numpy.zeros((count, count), bool)
        for n in order:
            for next in self.downstreams[n]:
                level[next] = max(level[next], level[n] + 1)
                head[next] = max(head[next], head[n] + self.seconds[n])
                self.above[next] |= self.above[n]
                self.above[next, n] = True
                left[next] -= 1
                if not left[next]:
                    order.append(next)
        for n in reversed(order):
            tail[n] = max((self.seconds[next] + tail[next] for next in self.downstreams[n]), default=0)
        self.head, self.tail = head, tail
        self.levels = [numpy.flatnonzero(level == n) for n in range(level.max() + 1)]
        self.critical = float((head + self.seconds + tail).max())
        self.work = sum(self.seconds)
        # The work of the tasks with at least this head and tail, for all occurring pairs.
        heads, tails = numpy.unique(head), numpy.unique(tail)
        work = numpy.zeros((len(heads), len(tails)))
        numpy.add.at(work, (numpy.searchsorted(heads, head), numpy.searchsorted(tails, tail)), self.seconds)
        work = work[::-1, ::-1].cumsum(0).cumsum(1)[::-1, ::-1]
        self.windows = (heads[:, None] + tails[None, :], work)

    def bound(self, cores):
        return max(self.critical, self.work / cores)

    def strong_bound(self, cores):
        ends, work = self.windows
        windows = float((ends + work / cores)[work > 1e-9].max())
        return max(self.critical, windows, self.rounds_bound(cores))

    def rounds_bound(self, cores):
        """A bound that uses rounds of work. Of the tasks P of one level, the n-th to end does not end before

            c(n) = head + max(n-th smallest, sum of the k + 1 smallest with k = (n - 1) // cores, sum of the n smallest / cores),

        in any order: the largest of the first n is not smaller, some core has run k + 1 of them, and all their work
        comes after the head. So |P| - n + 1 of P do not end before c(n), and tasks that depend on one of these have not
        begun. Each of the tasks D of a later level is divided among those of P that it depends on. The late ones have
        at least the |P| - n + 1 smallest sums of shares, so at least this many of D, with this much work, begin after
        c(n). They take waves of the smallest of D, or work / cores, and after that the smallest tail of D. The bound is
        the maximum over all levels, all n, and all q, where D are the tasks of the later level with tail >= q."""
        seconds, best = numpy.array(self.seconds), 0.0
        for place, early in enumerate(self.levels):
            sizes = numpy.sort(seconds[early])
            sums = sizes.cumsum()
            rounds = sums[numpy.arange(len(early)) // cores]
            ends = self.head[early].min() + numpy.maximum(numpy.maximum(sizes, rounds), sums / cores)
            for late in self.levels[place + 1:]:
                # In descending order of tail: the tasks with tail >= q end with the last one with tail q.
                late = late[numpy.argsort(-self.tail[late], kind="stable")]
                tails = self.tail[late]
                last = numpy.append(tails[1:] != tails[:-1], True)
                shares = self.above[late][:, early]
                shares = shares / numpy.maximum(shares.sum(1, keepdims=True), 1)
                # One row per q, one column per n: the total of the |P| - n + 1 smallest sums.
                smallest = lambda each: numpy.sort(each.cumsum(0)[last], 1).cumsum(1)[:, ::-1]
                tasks, work = smallest(shares), smallest(shares * seconds[late, None])
                waves = numpy.ceil(tasks / cores - 1e-9) * numpy.minimum.accumulate(seconds[late])[last, None]
                total = ends + numpy.maximum(waves, work / cores) + tails[last, None]
                best = max(best, float(total[tasks > 1e-9].max(initial=0)))
        return best

    def first_come_first_served(self, cores):
        left, ready, running, now = self.waits[:], [], [], 0.0
        ready = [n for n, waits in enumerate(left) if not waits]
        next = 0
        while next < len(ready) or running:
            while next < len(ready) and len(running) < cores:
                heapq.heappush(running, (now + self.seconds[ready[next]], ready[next]))
                next += 1
            now = running[0][0]
            while running and running[0][0] <= now:
                for downstream in self.downstreams[heapq.heappop(running)[1]]:
                    left[downstream] -= 1
                    if not left[downstream]:
                        ready.append(downstream)
        return now


class Makespan:
    def __init__(self, programs):
        self.jobmon = str(pathlib.Path(programs, "jobmon").resolve())
        self.folder = pathlib.Path(".build/bench", f"makespan.{os.getpid()}").resolve()
        self.folder.mkdir(parents=True)

    def generate(self, folder, application, size, seed):
        random.seed(seed)
        numpy.random.seed(seed)
        path = folder / f"{application}.{size}.{seed}.json"
        WorkflowGenerator(APPLICATIONS[application].from_num_tasks(size)).build_workflow().write_json(path)
        return path

    def ours(self, path, cores):
        """Seconds of the first run, and of an equal second workflow in the same store."""
        database = str(path.with_suffix(f".{cores}.db"))
        registry = path.with_suffix(f".{cores}.plugins.json")
        registry.write_text(json.dumps({"clusters": {"sim": {"plugin": "dummy", "options": {
            "time": "virtual", "nodes": 1, "cores": cores}}}}))
        registry.chmod(0o600)
        own = {k: v for k, v in os.environ.items() if not k.startswith("JOBMON")}
        environment = own | {"HOME": str(path.parent), "JOBMON_DATABASE": database}

        def jobmon(*words):
            done = subprocess.run([self.jobmon, *words], env=environment, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}")

        lengths = []
        for workflow in ("1", "2"):
            jobmon("import", str(path), "--workflow-args", workflow)
            jobmon("workflow_resume", "-w", workflow, "-c", "sim", "--plugins", str(registry), "--quiet")
            connection = sqlite3.connect(database)
            first, last = connection.execute(
                "SELECT min(started), max(ended) FROM instance WHERE workflow_id = ?", workflow).fetchone()
            connection.close()
            lengths.append((last - first) / 1000)
        return lengths

    def lengths(self, application, size, seed):
        """For each number of cores: the bounds, first come first served, the first run and the second run."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            path = self.generate(pathlib.Path(folder), application, size, seed)
            instance = Instance(path)
            return {cores: {
                "bound": instance.bound(cores), "strong": instance.strong_bound(cores),
                "fcfs": instance.first_come_first_served(cores),
            } | dict(zip(("first", "second"), self.ours(path, cores))) for cores in (max(4, size // s) for s in SHARES)}

    def row(self, application, size, cores, lengths):
        """lengths: those of each seed, starting with seed 1."""
        row = {"application": application, "size": size, "cores": cores, "seeds": len(lengths)} | results.stamp()
        for key in ("strong", "fcfs", "first", "second"):
            row[key] = round(statistics.median(each[key] / each["bound"] for each in lengths), 6)
        row["worse"] = []
        for key in ("first", "second"):
            against = [each[key] / each["fcfs"] for each in lengths]
            row[f"{key}_against_fcfs"] = {
                "median": round(statistics.median(against), 6), "worst": round(max(against), 6)}
            row["worse"] += [
                {"seed": seed, "run": key, "ratio": round(ratio, 6)}
                for seed, ratio in enumerate(against, 1) if ratio > page.WORSE]
        return row


def record(rows):
    """Replaces rows of the same workflows and cores; the others stay."""
    place = lambda row: (row["size"], row["application"], row["cores"])
    known = {place(row): row for row in (results.read("makespan") or {"rows": []})["rows"]}
    known |= {place(row): row for row in rows}
    order = lambda row: (row["size"], list(APPLICATIONS).index(row["application"]), row["cores"])
    results.write("makespan", {"rows": sorted(known.values(), key=order)})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", help="folder of the release programs")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", nargs="+", choices=APPLICATIONS)
    parser.add_argument("--sizes", nargs="+", type=int, default=SIZES)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="number of seeds that run in parallel")
    parser.add_argument("--dry", action="store_true", help="print the rows, but do not record them")
    options = parser.parse_args()
    makespan = Makespan(options.programs)
    print("\n".join(page.MAKESPAN_HEAD))
    try:
        with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
            for size in options.sizes:
                for application in options.only or APPLICATIONS:
                    seeds = range(1, options.seeds + 1)
                    each = list(pool.map(
                        makespan.lengths, [application] * len(seeds), [size] * len(seeds), seeds))
                    rows = [makespan.row(application, size, cores, [one[cores] for one in each]) for cores in each[0]]
                    print("\n".join(page.makespan_line(row) for row in rows), flush=True)
                    if not options.dry:
                        record(rows)
    finally:
        shutil.rmtree(makespan.folder, ignore_errors=True)
    if not options.dry:
        page.rewrite()


if __name__ == "__main__":
    main()
