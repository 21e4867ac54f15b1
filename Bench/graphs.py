"""Draws the graphs of BENCHMARKS.md in docs/benchmarks from Bench/results. Needs matplotlib.

Equal figures give equal files, so that a file changes only if its figures change.
"""

import page
import results

FOLDER = page.PAGE.parent / "docs/benchmarks"
BLUE, SKY, RED, ROSE = "#1f5fa8", "#8fbbe8", "#b3372f", "#e3a39e"
GREY, GREEN, OCHRE, PURPLE = "#8a8f98", "#2f8f5b", "#b8860b", "#6a4c93"
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "jobmon", "font.family": "sans-serif", "font.size": 10,
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"], "axes.spines.top": False, "axes.spines.right": False,
    "axes.grid": True, "grid.color": "#dddddd", "axes.axisbelow": True, "figure.facecolor": "white", "savefig.facecolor": "white",
}


def save(figure, name):
    FOLDER.mkdir(parents=True, exist_ok=True)
    figure.savefig(FOLDER / f"{name}.svg", metadata={"Date": None}, bbox_inches="tight", pad_inches=0.15)


def rates(pyplot):
    """Bars for `true` with 2 and 64 slots, by system."""
    by_system = {}
    for source in ("peers", "programs"):
        for system in (results.read(source) or {"systems": []})["systems"]:
            at = {each["slots"]: each.get("rate") for each in system["measured"] if each["command"] == "true"}
            by_system[system["name"].replace("`", "")] = at
    by_system = dict(sorted(by_system.items(), key=lambda pair: pair[1].get(2) or 0))
    if not by_system:
        return
    figure, axes = pyplot.subplots(figsize=(8.5, 0.48 * len(by_system) + 1.3))
    for place, (name, at) in enumerate(by_system.items()):
        own = name == "Jobmon"
        for slots, offset, color in ((2, 0.19, RED if own else BLUE), (64, -0.19, ROSE if own else SKY)):
            if rate := at.get(slots):
                axes.barh(place + offset, rate, height=0.36, color=color)
                axes.text(rate, place + offset, f" {rate:,.0f}", va="center", fontsize=8)
    axes.set_yticks(range(len(by_system)), by_system)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.1, y=0.02)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("no-op shell commands per second (in each pair of bars: 2 slots above, 64 slots below)")
    axes.set_title("Rate of short tasks", loc="left")
    save(figure, "rates")


def scale(pyplot):
    data = results.read("scale")
    if not data:
        return
    figure, (absolute, relative) = pyplot.subplots(1, 2, figsize=(9.5, 4.2))
    for shape, color, marker in zip(data["shapes"], [BLUE, RED, GREEN, OCHRE, PURPLE], "osD^v"):
        sizes = page.sizes(shape)
        costs = [page.cost(shape, size) for size in sizes]
        absolute.plot(sizes, costs, color=color, marker=marker, label=shape["name"])
        relative.plot(sizes, [cost / costs[0] for cost in costs], color=color, marker=marker)
    relative.axhline(page.GROWTH, color="black", linestyle="dashed", linewidth=1.5)
    relative.text(sizes[0], page.GROWTH, f"bar: {page.GROWTH} times", va="bottom", fontsize=9)
    for axes in (absolute, relative):
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("tasks in the workflow (logarithmic)")
    relative.set_ylim(top=max(1.1 * page.GROWTH, relative.get_ylim()[1]))
    absolute.set_ylabel("microseconds")
    absolute.set_title("Binding and running, per task", loc="left")
    relative.set_ylabel("ratio")
    relative.set_title(f"The same, divided by the cost with {sizes[0]:,} tasks", loc="left")
    figure.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=5, frameon=False, columnspacing=1.2, handletextpad=0.5)
    figure.tight_layout(w_pad=2.5)
    save(figure, "scale")


def schedules(pyplot):
    rows = (results.read("makespan") or {"rows": []})["rows"]
    if not rows:
        return
    figure, axes = pyplot.subplots(figsize=(8.5, 0.23 * len(rows) + 1.5))
    names = []
    for place, row in enumerate(rows):
        at = len(rows) - 1 - place
        names.append((at, f"{row['application']}, {row['size']:,} tasks, {row['cores']} cores"))
        axes.plot([row["second"], row["fcfs"]], [at, at], color="#cccccc", linewidth=1.5, zorder=1)
        axes.plot(row["strong"], at, marker="|", color="black", markersize=9, markeredgewidth=1.5, zorder=2)
        axes.plot(row["fcfs"], at, marker="o", color=GREY, markersize=6, zorder=3)
        axes.plot(row["first"], at, marker="D", color="none", markeredgecolor=BLUE, markersize=5, zorder=4)
        axes.plot(row["second"], at, marker="o", color=RED, markersize=4, zorder=5)
        if place and row["application"] != rows[place - 1]["application"]:
            axes.axhline(at + 0.5, color="#dddddd", linewidth=0.8)
    axes.axvspan(1, page.REACH, color="#e7f3ea", zorder=0)
    key = [
        ("o", GREY, GREY, 6, "first come, first served"), ("D", "none", BLUE, 5, "first run: runtimes unknown"),
        ("o", RED, RED, 4, "second run: learned from the first"), ("|", "black", "black", 9, "stronger lower bound"),
    ]
    handles = [
        pyplot.Line2D([], [], linestyle="none", marker=marker, color=face, markeredgecolor=edge, markersize=size, label=label)
        for marker, face, edge, size, label in key]
    handles.append(pyplot.Rectangle((0, 0), 1, 1, color="#e7f3ea", label="within 5 % of the bound"))
    axes.legend(
        handles=handles, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2, frameon=False, borderaxespad=0.4)
    axes.set_yticks([at for at, _ in names], [name for _, name in names], fontsize=8.5)
    axes.grid(axis="y", visible=False)
    axes.set_ylim(-0.7, len(rows) - 0.3)
    axes.set_xlabel("schedule length / max(critical path, work / cores), medians")
    save(figure, "schedules")


def main():
    try:
        import matplotlib
    except ModuleNotFoundError:
        print("the graphs were not redrawn: matplotlib is not installed (`make bench-peers` installs it)")
        return
    matplotlib.use("svg")
    from matplotlib import pyplot
    pyplot.rcParams.update(STYLE)
    for graph in (rates, scale, schedules):
        graph(pyplot)


if __name__ == "__main__":
    main()
