"""The measurements as data: Bench/results/NAME.json for each section, with its date and the machine's size.

A section that is not run keeps its earlier figures and their date. `page.py` generates BENCHMARKS.md from them.
"""

import datetime
import json
import os
import pathlib
import platform

FOLDER = pathlib.Path(__file__).resolve().parent / "results"


def stamp():
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "date": str(datetime.date.today()), "processors": os.cpu_count(), "memory_gib": round(memory),
        "system": f"{platform.system()} {platform.machine()}",
    }


def path(name):
    return FOLDER / f"{name}.json"


def read(name):
    """The data of a section; None if it was never run."""
    return json.loads(path(name).read_text()) if path(name).exists() else None


def write(name, data):
    FOLDER.mkdir(exist_ok=True)
    # Replace the file in one step, because a run may be stopped at any time.
    fresh = path(name).with_suffix(".new")
    fresh.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    fresh.replace(path(name))


class Measure:
    """A number with its unit and its bar: a maximum or a minimum."""

    def __init__(self, value, spec, unit, most=None, least=None):
        self.value, self.spec, self.unit, self.most, self.least = value, spec, unit, most, least

    @classmethod
    def of(cls, data):
        return cls(data["value"], data["spec"], data["unit"], data.get("most"), data.get("least"))

    def data(self):
        bars = {key: bar for key, bar in (("most", self.most), ("least", self.least)) if bar is not None}
        return {"value": float(f"{self.value:.6g}"), "spec": self.spec, "unit": self.unit} | bars

    def joined(self, number):
        return number + ("" if self.unit.startswith("/") or not self.unit else " ") + self.unit

    def figure(self):
        return self.joined(format(self.value, self.spec))

    def bar(self):
        if self.most is None and self.least is None:
            return ""
        return self.joined(f"≤ {self.most:,g}" if self.least is None else f"≥ {self.least:,g}")

    def missed(self):
        """Whether the bar is missed. The rounded number is compared, as it is shown in the page."""
        shown = float(format(self.value, self.spec).replace(",", ""))
        return (self.most is not None and shown > self.most) or (self.least is not None and shown < self.least)
