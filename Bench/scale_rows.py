"""Rows for the growth of cost with size: workflows of five shapes with 10,000, 100,000 and a million tasks."""

import json
import pathlib
import random
import sqlite3
import statistics

import page

SIZES = [10_000, 100_000, 1_000_000]
LARGEST = SIZES[-1]

HEAD = {
    "tool": "bench",
    "task_templates": {"step": {"command_template": "step {n}", "node_args": ["n"]}},
}


def flat(count):
    return ({"template": "step", "id": str(n), "args": {"n": n}} for n in range(count))


def chains(count):
    length = int(count**0.5)
    for n in range(count):
        entry = {"template": "step", "id": str(n), "args": {"n": n}}
        if n % length:
            entry["upstream_ids"] = [str(n - 1)]
        yield entry


def tree(count):
    """A binary tree that fans out to half of the tasks and then joins again."""
    half = count // 2
    for n in range(half):
        entry = {"template": "step", "id": str(n), "args": {"n": n}}
        if n:
            entry["upstream_ids"] = [str((n - 1) // 2)]
        yield entry
    # The second half mirrors the first: the upstream tasks of its task k mirror the downstream tasks of task k.
    for n in range(half - 1, -1, -1):
        fed = [str(count - 1 - k) for k in (2 * n + 1, 2 * n + 2) if k < half] or [str(n)]
        yield {"template": "step", "id": str(count - 1 - n), "args": {"n": count - 1 - n}, "upstream_ids": fed}


def tangled(count):
    draw = random.Random(1)
    for n in range(count):
        entry = {"template": "step", "id": str(n), "args": {"n": n}}
        if n:
            entry["upstream_ids"] = sorted({str(draw.randrange(n)) for _ in range(3)})
        yield entry


class ScaleRows:
    def __init__(self, bench):
        self.bench = bench
        self.registry = bench.write("scale.json", json.dumps({"clusters": {"sim": {"plugin": "dummy", "options": {
            "time": "virtual", "nodes": 1000, "cores": 32, "runtime": 60}}}}))

    def file(self, name, entries, count):
        path = self.bench.folder / f"{name}.{count}.yaml"
        lines = self.bench.folder / f"{name}.{count}.jsonl"
        with open(lines, "w") as out:
            for entry in entries(count):
                out.write(json.dumps(entry, separators=(",", ":")) + "\n")
        path.write_text(json.dumps(HEAD | {"name": name, "workflow_args": f"{name} {count}", "tasks": {"lines": lines.name}}))
        return str(path)

    def layers(self, count):
        """Layers that each wait for the whole previous layer. A table, because ids would be 1,000 times as many."""
        width = int(count**0.5)
        table = self.bench.folder / f"layers.{count}.csv"
        with open(table, "w") as out:
            out.write("layer,before,n\n")
            for n in range(count):
                out.write(f"{n // width},{n // width - 1},{n}\n")
        path = self.bench.folder / f"layers.{count}.yaml"
        path.write_text(f"""\
tool: bench
name: layers
workflow_args: "layers {count}"
task_templates:
  step: {{command_template: "step {{layer}} {{before}} {{n}}", node_args: [layer, n], op_args: [before]}}
tasks:
  - template: step
    for_each_row: {{csv: {table.name}}}
    upstream: [{{template: step, where: {{layer: "{{before}}"}}, optional: true}}]
""")
        return str(path)

    def measure(self, file, count):
        database = self.bench.database()
        environment = self.bench.environment(database)

        def jobmon(*words, ok=(0,)):
            return self.bench.time([self.bench.jobmon, *words], env=environment, ok=ok)

        bind, bound = jobmon("bind", file)
        run, peak = jobmon("workflow_resume", "-w", "1", "-c", "sim", "--plugins", self.registry, "--quiet")
        connection = sqlite3.connect(database)
        last, written = connection.execute("SELECT max(id), sum(length(name) + length(arguments)) FROM task_definition").fetchone()
        connection.close()
        jobmon("update_task_status", "-w", "1", "-t", str(last), "-s", "G", "-f")
        resume, again = jobmon("workflow_resume", "-w", "1", "-c", "sim", "--plugins", self.registry, "--quiet")
        listing, _ = jobmon("workflow_tasks", "-w", "1", "-s", "FATAL", "-l", "0")
        size = sum(pathlib.Path(database + end).stat().st_size for end in ("", "-wal") if pathlib.Path(database + end).exists())
        return {
            "bind": bind, "run": run, "resume": resume, "listing": listing, "peak": max(bound, peak, again),
            "bytes": (size - written) / count,
        }

    def medians(self, file, count):
        """Medians: of all rounds for a small workflow, of up to three for a larger one; a million tasks run once."""
        rounds = {10_000: self.bench.rounds, 100_000: min(self.bench.rounds, 3)}.get(count, 1)
        each = [self.measure(file, count) for _ in range(rounds)]
        figures = {key: statistics.median(one[key] for one in each) for key in each[0]}
        return {key: round(figure, 5) for key, figure in figures.items()} | {"rounds": rounds}

    def shapes(self):
        shapes = []
        for name, make in {
            "flat": lambda n: self.file("flat", flat, n), "chains": lambda n: self.file("chains", chains, n),
            "layers, all to all": self.layers, "a binary tree, in and out": lambda n: self.file("tree", tree, n),
            "3 upstreams each, at random": lambda n: self.file("tangled", tangled, n),
        }.items():
            shape = {"name": name, "sizes": {}}
            for count in (size for size in SIZES if size <= self.bench.largest):
                shape["sizes"][str(count)] = each = self.medians(make(count), count)
                print(
                    f"{count:,} tasks, {name}: bind {each['bind']:.2f} s, run {each['run']:.2f} s, {page.cost(shape, count):.1f} "
                    f"us per task; resume {each['resume']:.2f} s, list {each['listing'] * 1000:.0f} ms; {each['peak']:.0f} MiB; "
                    f"{each['bytes']:.0f} bytes per task without texts", flush=True)
            shapes.append(shape)
        self.bench.keep(shapes=shapes)
