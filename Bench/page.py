#!/usr/bin/env python3
"""Generates BENCHMARKS.md from Bench/results: python3 Bench/page.py

Rewrites the text between `<!-- begin NAME -->` and `<!-- end NAME -->`, and leaves the rest unchanged. Then draws the
graphs (graphs.py), which needs a Python with matplotlib.
"""

import pathlib
import re
import subprocess
import sys

import results
from results import Measure

PAGE = pathlib.Path(__file__).resolve().parent.parent / "BENCHMARKS.md"
# Where `make bench-peers` installs other systems and matplotlib.
PYTHON = pathlib.Path(__file__).resolve().parent.parent / ".build/peers/bin/python"
MISSED = "**missed**"
# Maximum ratio of the cost of a task in the largest workflow to that in the smallest.
GROWTH = 1.5
# A bound is within reach if the stronger bound is at most this multiple of it. Schedules must be as near.
REACH = 1.05
# Maximum ratio of a single run to first come, first served.
WORSE = 1.05


# Pieces


def machine(data):
    return f"{data['date']}: {data['processors']} processors, {data['memory_gib']} GiB, {data['system']}"


def rounds(count):
    return "one round" if count == 1 else f"{count} rounds, medians"


def caption(names):
    """Date and machine, in one line for sections that were measured together."""
    lines = {}
    for name in names:
        if data := results.read(name):
            lines.setdefault(f"{machine(data)}; {rounds(data['rounds'])}.", []).append(name)
    if len(lines) == 1:
        return list(lines)
    return [f"{', '.join(names)}: {line}" + "  " for line, names in lines.items()]


def table(*lines):
    head, *rest = lines
    return [f"| {' | '.join(head)} |", "|" + "---|" * len(head)] + [f"| {' | '.join(line)} |" for line in rest]


def marked(measure, goal=True):
    return measure.figure() + (f" {MISSED}" if goal and measure.missed() else "")


# Parts


def rows(*names):
    lines = [["what", "measured", "bar", ""]]
    for name in names:
        for row in (results.read(name) or {"rows": []})["rows"]:
            measures = [Measure.of(each) for each in row["measures"]]
            bars = [measure.bar() for measure in measures]
            lines.append([
                row["what"], ", ".join(map(marked, measures)), ", ".join(dict.fromkeys(bar for bar in bars if bar)), row["note"]])
    return caption(names) + [""] + table(*lines)


PLACES = [("true", 2), ("true", 64), ("/bin/true", 2), ("/bin/true", 64)]


def programs():
    """Rates by system, and the ratio of our rate to each."""
    data = results.read("programs")
    head = [f"`{command}`, {slots} slots" for command, slots in PLACES]
    rates, against = [], []
    for system in data["systems"]:
        at = {(each["command"], each["slots"]): each for each in system["measured"]}
        cells = [at.get(place) for place in PLACES]
        shown = [f"{each['rate']:,.0f}/s" if each else "" for each in cells]
        rates.append([system["name"], system["keeps"], f"{system['count']:,}", *shown])
        if any(each and "ours" in each for each in cells):
            measures = [Measure.of(each["ours"]) if each else None for each in cells]
            bar = next((measure.bar() for measure in measures if measure), "")
            against.append([system["name"], bar] + [marked(measure) if measure else "" for measure in measures])
    return caption(["programs"]) + [""] + table(
        ["system", "left after a SIGKILL", "commands", *head], *rates) + ["", "Our rate divided by theirs:", ""] + table(
        ["divided by", "bar", *head], *against)


def peers():
    data = results.read("peers")
    lines = []
    for system in data["systems"]:
        cells = []
        for slots in (2, 64):
            each = next((each for each in system["measured"] if each["slots"] == slots), None)
            ours = Measure.of(each["ours"]).figure() if each and "ours" in each else ""
            cells += ["failed: " + each["failed"], ""] if each and "failed" in each else [
                f"{each['rate']:,.0f}/s" if each else "", ours]
        lines.append([system["name"], system["keeps"], f"{system['count']:,}", *cells])
    return [f"{machine(data)}; {rounds(data['rounds'])}."] + [""] + table(
        ["system", "left after a SIGKILL", "commands", "2 slots", "our rate / its rate", "64 slots", "our rate / its rate"],
        *lines)


def sizes(shape):
    """The measured sizes of a shape, as numbers in ascending order."""
    return sorted(map(int, shape["sizes"]))


def cost(shape, size):
    """Microseconds per task for binding and running."""
    each = shape["sizes"][str(size)]
    return (each["bind"] + each["run"]) / size * 1e6


def scale():
    data = results.read("scale")
    largest = sizes(data["shapes"][0])[-1]
    bars = {"bind": (60, None), "rate": (None, 60_000), "resume": (10, None), "peak": (600, None), "bytes": (400, None)}
    lines, costs = [], []
    for shape in data["shapes"]:
        each = shape["sizes"][str(largest)] | {"rate": largest / shape["sizes"][str(largest)]["run"]}
        measures = [
            Measure(each[key], spec, unit, *bars.get(key, (None, None))) for key, spec, unit in (
                ("bind", ".1f", "s"), ("run", ".1f", "s"), ("rate", ",.0f", "/s"), ("resume", ".1f", "s"),
                ("peak", ".0f", "MiB"), ("bytes", ".0f", "bytes"))]
        # The bars apply to a million tasks.
        lines.append([shape["name"], *(marked(measure, largest == 1_000_000) for measure in measures)])
        growth = Measure(cost(shape, largest) / cost(shape, sizes(shape)[0]), ".2f", "", most=GROWTH)
        costs.append([shape["name"], *(f"{cost(shape, size):.1f} us" for size in sizes(shape)), marked(growth)])
    first = data["shapes"][0]
    counts = "; ".join(f"{size:,} tasks: {rounds(first['sizes'][str(size)]['rounds'])}" for size in sizes(first))
    against = f"{largest:,} / {sizes(first)[0]:,} (bar ≤ {GROWTH})"
    return [f"{machine(data)}. {counts}.", "", f"{largest:,} tasks:", ""] + table(
        ["shape", "bind", "run", "rate of the run", "resume with one task left", "peak", "store per task, without texts"],
        *lines, ["bar, at 1,000,000", "≤ 60 s", "", "≥ 60,000/s", "≤ 10 s", "≤ 600 MiB", "≤ 400 bytes"],
    ) + ["", "Binding and running, per task:", ""] + table(
        ["shape", *(f"{size:,} tasks" for size in sizes(first)), against], *costs)


MAKESPAN_HEAD = [
    "| workflow, tasks | cores | stronger bound | FCFS | first run | second run | first run / FCFS: median, worst "
    "| second run / FCFS: median, worst | |",
    "|---|---|---|---|---|---|---|---|---|",
]


def near(row, run):
    """Whether a run is within 5 % of the bound; None if the bound is out of reach."""
    return None if row["strong"] > REACH else row[run] <= REACH


def makespan_marks(row):
    """Remarks on a row: a bound out of reach, and bars that were missed."""
    marks = []
    if near(row, "second") is None:
        marks.append("bound out of reach")
    else:
        if not near(row, "first"):
            marks.append("first run beyond 5 %")
        if not near(row, "second"):
            marks.append(f"{MISSED}: second run beyond 5 %")
    for run in ("first", "second"):
        if row[f"{run}_against_fcfs"]["median"] > 1:
            marks.append(f"{MISSED}: the {run} run's median is worse than FCFS")
    for worse in row["worse"]:
        marks.append(f"{MISSED}: seed {worse['seed']}, {worse['run']} run, {worse['ratio']:.3f} of FCFS")
    return "; ".join(marks)


def makespan_line(row):
    against = [row[f"{run}_against_fcfs"] for run in ("first", "second")]
    return (
        f"| {row['application']}, {row['size']:,} | {row['cores']} | {row['strong']:.3f} | {row['fcfs']:.3f} | "
        f"{row['first']:.3f} | {row['second']:.3f} | "
        + " | ".join(f"{each['median']:.3f}, {each['worst']:.3f}" for each in against) + f" | {makespan_marks(row)} |")


def makespan():
    rows = results.read("makespan")["rows"]
    lines = {}
    for row in rows:
        lines.setdefault(f"{machine(row)}; virtual time; medians of {row['seeds']} seeds.", set()).add(
            f"{row['application']} {row['size']:,}")
    captions = list(lines) if len(lines) == 1 else [f"{', '.join(sorted(each))}: {line}  " for line, each in lines.items()]
    within = [row for row in rows if row["strong"] <= REACH]
    worst = max(
        (row[f"{run}_against_fcfs"]["worst"], f"{row['application']}, {row['size']:,} tasks, {row['cores']} cores, {run} run")
        for row in rows for run in ("first", "second"))
    named = sum(len(row["worse"]) for row in rows)
    medians = sum(row[f"{run}_against_fcfs"]["median"] > 1 for row in rows for run in ("first", "second"))

    def held(missed, text):
        return f"- {text}" + (f" {MISSED}" if missed else "")

    seconds = sum(near(row, "second") for row in within)
    summary = [
        held(seconds < len(within),
             f"The bound is within reach in {len(within)} of {len(rows)} rows. Within 5 % of the bound in these rows: FCFS in "
             f"{sum(near(row, 'fcfs') for row in within)}, the first run in {sum(near(row, 'first') for row in within)}, "
             f"the second in {seconds} (bar: all)."),
        held(medians, f"Medians worse than FCFS: {medians} of {2 * len(rows)} (bar: none)."),
        held(named, f"Single runs that are worse than FCFS by more than 5 %: {named} (bar: none). The worst of all is "
             f"{worst[0]:.3f} of FCFS: {worst[1]}."),
    ]
    return captions + [""] + summary + [""] + MAKESPAN_HEAD + [makespan_line(row) for row in rows]


# For each part: its result files, and the function that generates it.
MACHINE = ["help", "chain", "wide"]
PARTS = {
    "programs": (["programs"], programs), "peers": (["peers"], peers), "costs": (["costs"], lambda: rows("costs")),
    "machine": (MACHINE, lambda: rows(*MACHINE)), "scale": (["scale"], scale), "makespan": (["makespan"], makespan),
    "screen": (["screen"], lambda: rows("screen")), "plugin": (["plugin"], lambda: rows("plugin")),
    "slurm": (["slurm"], lambda: rows("slurm")),
}


def rewrite():
    text = PAGE.read_text()
    for name, (sources, make) in PARTS.items():
        body = "\n".join(make()) if any(map(results.read, sources)) else "Not measured yet."
        pattern = re.compile(rf"(<!-- begin {name} -->\n).*?(<!-- end {name} -->)", re.DOTALL)
        text, found = pattern.subn(lambda at: f"{at[1]}{body}\n{at[2]}", text)
        if found != 1:
            sys.exit(f"{PAGE.name}: found {found} pairs of `begin {name}` and `end {name}`, expected 1")
    PAGE.write_text(text)
    python = PYTHON if PYTHON.exists() else sys.executable
    subprocess.run([python, pathlib.Path(__file__).with_name("graphs.py")], check=True)


if __name__ == "__main__":
    rewrite()
