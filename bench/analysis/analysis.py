#!/usr/bin/env python3
"""Evaluates what the benchmarks write with --json: charts, ratios to one target, and the break-even of push and polling.

Needs Python 3.9 and its standard library only. `analysis.py COMMAND --help` lists the options.
"""
import argparse
import json
import math
import re
import statistics
import sys
from html import escape

HOUR = 3600
KEPT = 20  # seconds after which the gateway closes an idle connection (heartline.web.request-timeout)
INTERVALS = (1, 5, 15, 60, 300, 3600)
LIKES = (1, 10, 100, 1000, 3600, 10_000)
COLOURS = ("#1f6feb", "#d9480f")


class AnalysisError(Exception):
    """The file has no rows for the question. The message is shown to the user."""


def read(path, table):
    """Returns the rows of one table of a --json file, in the order of the file. "-" is standard input."""
    with open(path, encoding="utf-8") if path != "-" else sys.stdin as lines:
        rows = [json.loads(line) for line in lines]
    return [row for row in rows if row["table"] == table]


def spread(figures):
    """Returns the median of some figures and their range as text."""
    return f"{statistics.median(figures):.2f} ({min(figures):.2f} to {max(figures):.2f})"


def group_by(items, key):
    groups = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


# --- compare ---


def compare(path, table, by, to, each, values):
    """Divides columns by those of one row of the same run; returns a Markdown table of the median ratios and their ranges.

    by names the column of the targets, to the target that the others are divided by. Only rows that agree in
    the columns of each are compared.
    """
    rows = read(path, table)

    def group(row):
        return tuple(cell(row.get(column)) for column in each)

    bases = {(row["run"], group(row)): row for row in rows if row[by] == to}
    if not bases:
        raise AnalysisError(f"{path} has no row of {to} in a table {table}")
    compared = [(row, bases.get((row["run"], group(row)))) for row in rows if row[by] != to]
    pairs = group_by((pair for pair in compared if pair[1]), lambda pair: group(pair[0]) + (pair[0][by],))
    lines = [f"\nDivided by {to}'s of the same run, median and range:\n"]
    lines += [f"| {' | '.join([*each, by, *values])} |", "|" + "---|" * (len(each) + 1 + len(values))]
    for label, runs in pairs.items():
        ratios = []
        for value in values:
            known = [row[value] / base[value] for row, base in runs if row[value] is not None and (base[value] or 0) > 0]
            ratios.append(spread(known) if known else "—")
        lines.append(f"| {' | '.join([*label, *ratios])} |")
    return "\n".join(lines)


def cell(value):
    return "—" if value is None else str(value)


# --- chart ---


def chart(path, table, by, value):
    """Returns an SVG with a bar for each combination of the columns by: the median of the runs, and their range as a whisker."""
    rows = [row for row in read(path, table) if row.get(value) is not None]
    if not rows:
        raise AnalysisError(f"{path} has no figures of {value} in a table {table}")
    bars = group_by(rows, lambda row: ", ".join(str(row[column]) for column in by if row[column] is not None))
    bars = {label: [row[value] for row in runs] for label, runs in bars.items()}
    many = len(bars) > 8
    left, right, top, bottom = 80, 880, 50, 280 if many else 370
    step = nice_step(max(max(figures) for figures in bars.values()) / 5)
    highest = step * math.ceil(max(max(figures) for figures in bars.values()) / step)

    def y(figure):
        return bottom - (bottom - top) * figure / highest

    svg = [text((left + right) / 2, 28, value, size=16)]
    for tick in range(round(highest / step) + 1):
        svg.append(line(left, y(tick * step), right, y(tick * step), "#ddd"))
        svg.append(text(left - 8, y(tick * step) + 4, f"{tick * step:,.10g}", anchor="end"))
    width = (right - left) / len(bars)
    for i, (label, figures) in enumerate(bars.items()):
        middle, median = left + width * (i + 0.5), statistics.median(figures)
        svg.append(
            f'<rect x="{middle - width * 0.35:.1f}" y="{y(median):.1f}" width="{width * 0.7:.1f}"'
            f' height="{bottom - y(median):.1f}" fill="{COLOURS[0]}"/>'
        )
        svg.append(line(middle, y(min(figures)), middle, y(max(figures)), "#000"))
        for end in (min(figures), max(figures)):
            svg.append(line(middle - 6, y(end), middle + 6, y(end), "#000"))
        svg.append(text(middle, bottom + 20, label, turned=many))
    return svg_of(900, 420, svg)


def nice_step(least):
    """Returns the smallest of 1, 2 or 5 times a power of ten that is not less than least."""
    power = 10 ** math.floor(math.log10(least)) if least > 0 else 1
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= least * 0.999)


def line(x1, y1, x2, y2, colour, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def text(x, y, content, anchor="middle", size=12, turned=False):
    turn = f' transform="rotate(-35 {x:.1f} {y:.1f})"' if turned else ""
    anchor = "end" if turned else anchor
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"{turn}>{escape(content)}</text>'


def svg_of(width, height, elements):
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        *elements,
        "</svg>\n",
    ])


# --- break-even of push and polling ---


class LinearCost:
    """A cost with two parts, each proportional to a quantity: first * x1 + second * x2."""

    FLOOR = 0.02  # of the largest cost: below it, errors count as if the cost were this high

    def __init__(self, first, second):
        self.first = first
        self.second = second

    def at(self, x1, x2):
        return self.first * x1 + self.second * x2

    @classmethod
    def fit(cls, points, second=None):
        """Fits (x1, x2, cost) points by least squares of the relative errors. No part is negative.

        second is given if it is known. Returns None if the points do not determine both parts.
        """
        floor = cls.FLOOR * max((abs(cost) for _, _, cost in points), default=0)
        weighted = [(1 / (cost**2 + floor**2), x1, x2, cost) for x1, x2, cost in points if cost or floor]
        aa = sum(w * a * a for w, a, b, y in weighted)
        ab = sum(w * a * b for w, a, b, y in weighted)
        bb = sum(w * b * b for w, a, b, y in weighted)
        ay = sum(w * a * y for w, a, b, y in weighted)
        by = sum(w * b * y for w, a, b, y in weighted)
        if second is not None:
            return cls((ay - second * ab) / aa, second) if aa > 0 else None
        determinant = aa * bb - ab * ab
        if not abs(determinant) > 1e-12 * aa * bb:
            return None
        fitted = cls.fit(points, max(0.0, (by * aa - ay * ab) / determinant))
        return cls(0.0, by / bb) if fitted.first < 0 else fitted


class CostModel:
    """What push and polling cost a client and second, fitted to measurements.

    push: x1 is an open connection, x2 a like. kept and fresh: x1 is a poll over a connection that is open, or over a new
    one; x2 is a like.
    """

    def __init__(self, push, kept, fresh):
        self.push_cost = push
        self.kept = kept
        self.fresh = fresh

    @classmethod
    def of(cls, costs):
        """Fits (way, likes, cost) tuples, per client and second. Returns None if they do not suffice."""
        push = LinearCost.fit(points(costs, lambda kind, every: kind == "websocket"))
        kept = LinearCost.fit(points(costs, lambda kind, every: kind == "poll" and every < KEPT))
        # the connection does not affect the cost of a like in an answer, so that of kept is taken
        fresh = kept and LinearCost.fit(points(costs, lambda kind, every: kind == "poll" and every >= KEPT), kept.second)
        return cls(push, kept, fresh) if push and fresh else None

    def push(self, likes):
        return self.push_cost.at(1, likes)

    def poll(self, every, likes):
        return (self.kept if every < KEPT else self.fresh).at(1 / every, likes)

    def break_even(self, likes):
        """Returns the polling interval in seconds from which on polls cost no more than push; infinite if they always do.

        Below KEPT, where the connection stays open, shorter intervals may also cost less.
        """
        later = self._even(self.fresh, likes)
        return later if later > KEPT else min(KEPT, self._even(self.kept, likes))

    def _even(self, poll, likes):
        left = self.push(likes) - poll.second * likes
        return poll.first / left if left > 0 else math.inf

    def errors(self, costs):
        """Returns the largest relative error of the model for each way that it models."""
        errors = {}
        for way, likes, cost in costs:
            kind, every = kind_of(way)
            if kind in ("websocket", "poll"):
                modelled = self.push(likes) if kind == "websocket" else self.poll(every, likes)
                errors[way] = max(errors.get(way, 0), abs(modelled - cost) / cost if cost else math.inf)
        return dict(sorted(errors.items()))


def kind_of(way):
    """Splits the name of a way, such as poll-5, into its kind and its interval in seconds (0 without one)."""
    named = re.fullmatch(r"(.+?)(?:-(\d+))?", way)
    return named[1], int(named[2] or 0)


def points(costs, chosen):
    """Returns for each chosen way and rate of likes the median cost of its runs, as a point to fit."""
    runs = group_by((cost for cost in costs if chosen(*kind_of(cost[0]))), lambda cost: cost[:2])
    return [
        (1 / (kind_of(way)[1] or 1), likes, statistics.median(cost for _, _, cost in of_way))
        for (way, likes), of_way in runs.items()
    ]


def break_even(path):
    """Returns the evaluation of a head-to-head as Markdown, and the cost models of CPU and bytes to draw.

    Both are None unless WebSockets, polls of less and of more than 20 s, and two rates were measured.
    """
    rows = [row for row in read(path, "head-to-head") if row["clients"] is not None]
    cpu_costs = [(row["way"], row["likes/client·h"] / HOUR, row["CPU ms/client·h"] / 1e3 / HOUR) for row in rows]
    byte_costs = [(row["way"], row["likes/client·h"] / HOUR, row["KB/client·h"] * 1e3 / HOUR) for row in rows]
    cpu, size = CostModel.of(cpu_costs), CostModel.of(byte_costs)
    if not cpu or not size:
        return None, None
    parts = (
        ("a WebSocket that is open, a second", cpu.push_cost.first, size.push_cost.first, ".2f", ".1f"),
        ("a like over it", cpu.push_cost.second, size.push_cost.second, ".1f", ".0f"),
        ("a poll over a connection that is there", cpu.kept.first, size.kept.first, ".0f", ".0f"),
        ("a poll over a new one", cpu.fresh.first, size.fresh.first, ".0f", ".0f"),
        ("a like in a poll's answer", cpu.kept.second, size.kept.second, ".1f", ".0f"),
    )
    off = ", ".join(f"{way} {100 * error:.0f} %" for way, error in cpu.errors(cpu_costs).items())
    out = ["\nCosts of the parts, fitted to each run (median of the runs):\n"]
    out += ["| | CPU µs | bytes |", "|---|---|---|"]
    out += [f"| {name} | {seconds * 1e6:,{f1}} | {count:,{f2}} |" for name, seconds, count, f1, f2 in parts]
    out.append(f"\nMaximum deviation of these costs from the measured CPU: {off}.")
    out.append("\nHow many times as much CPU polling takes as push, by likes of a client and hour:\n")
    out.append(f"| polled every | {' | '.join(f'{likes:,}' for likes in LIKES)} |")
    out.append("|---|" + "---|" * len(LIKES))
    for every in INTERVALS:
        ratios = " | ".join(f"{cpu.poll(every, likes / HOUR) / cpu.push(likes / HOUR):.2f}" for likes in LIKES)
        out.append(f"| {every:,} s | {ratios} |")
    out.append("\nPolling takes less CPU than push if it may come no oftener than every")
    out += [f"- {seconds_text(cpu.break_even(likes / HOUR))}, at {likes:,} likes of a client and hour" for likes in LIKES]
    return "\n".join(out), {"the server's CPU": cpu, "bytes": size}


def seconds_text(seconds):
    return "never" if math.isinf(seconds) else f"{seconds:.1f} s" if seconds < 10 else f"{seconds:,.0f} s"


def draw_break_even(models):
    """Returns an SVG with a line for each model: below a line push costs less, above it polling. Both axes are logarithmic."""
    left, right, top, bottom = 80, 880, 50, 500

    def x(likes):
        return left + (right - left) * math.log10(likes) / 4

    def y(seconds):
        return bottom - (bottom - top) * math.log10(min(10_000, max(1, seconds))) / 4

    svg = [text((left + right) / 2, 28, "Below a line push takes less, above it polling does", size=16)]
    for power in range(5):
        svg += [line(left, y(10**power), right, y(10**power), "#ddd"), line(x(10**power), top, x(10**power), bottom, "#ddd")]
        svg += [text(left - 8, y(10**power) + 4, f"{10**power:,}", "end"), text(x(10**power), bottom + 18, f"{10**power:,}")]
    svg.append(text((left + right) / 2, 545, "likes of a client and hour"))
    middle = (top + bottom) / 2
    svg.append(
        f'<text x="18" y="{middle}" text-anchor="middle" font-size="12" transform="rotate(-90 18 {middle})">'
        "polled every … seconds</text>"
    )
    for number, ((name, model), colour) in enumerate(zip(models.items(), COLOURS)):
        rates = [1.1**step for step in range(97)]
        even = [(rate, model.break_even(rate / HOUR)) for rate in rates]
        path = " ".join(f"{x(rate):.1f},{y(seconds):.1f}" for rate, seconds in even if math.isfinite(seconds))
        svg.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        svg += [line(700, 70 + 20 * number, 730, 70 + 20 * number, colour, 2), text(738, 74 + 20 * number, name, "start")]
    return svg_of(900, 560, svg)


# --- JMH ---


def jmh(path, out):
    """Returns JMH's JSON result as a Markdown table, and appends its rows to the file out, if one is given."""
    with open(path, encoding="utf-8") as file:
        results = json.load(file)
    lines = ["| benchmark | of | ns/op | ± ns | B/op |", "|---|---|---|---|---|"]
    rows = []
    for result in results:
        metric = result["primaryMetric"]
        allocated = result.get("secondaryMetrics", {})
        # if an iteration allocates nothing, JMH gives the rate and not the bytes of each operation
        bytes_per_op = allocated.get("gc.alloc.rate.norm") or allocated.get("gc.alloc.rate") or {}
        rows.append({
            "table": "jmh",
            "benchmark": ".".join(result["benchmark"].split(".")[-2:]).replace("Benchmark.", "."),
            "of": ", ".join(f"{name}={value}" for name, value in result.get("params", {}).items()) or None,
            "ns/op": metric["score"],
            "± ns": figure(metric["scoreError"]),
            "B/op": figure(bytes_per_op.get("score")),
        })
    for row in rows:
        figures = [f"{row[c]:,.1f}" if row[c] is not None else "—" for c in ("ns/op", "± ns", "B/op")]
        lines.append(f"| {row['benchmark']} | {cell(row['of'])} | {' | '.join(figures)} |")
    if out:
        with open(out, "a", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows)
    return "\n".join(lines)


def figure(score):
    """Returns a score of JMH, or None for NaN, which JMH writes as text."""
    return None if score in (None, "NaN") or math.isnan(score) else score


def write(path, content):
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def columns(value):
        return value.split(",")

    command = commands.add_parser("chart", help="draws a bar for the median of the runs and a whisker for their range")
    command.add_argument("file", help="as --json has written it")
    command.add_argument("--table", required=True, help="name of the table in the file")
    command.add_argument("--by", required=True, type=columns, help="columns; rows that agree in all of them are runs of one bar")
    command.add_argument("--value", required=True, help="column that gives the length of the bars")
    command.add_argument("--out", required=True, help="SVG file to write")

    command = commands.add_parser("compare", help="divides columns by those of one row of the same run")
    command.add_argument("file", help="as --json has written it")
    command.add_argument("--table", required=True, help="name of the table in the file")
    command.add_argument("--by", required=True, help="column that names the compared targets")
    command.add_argument("--to", required=True, help="its value that the others are divided by")
    command.add_argument("--each", type=columns, default=[], help="columns; only rows that agree in all of them are compared")
    command.add_argument("--values", required=True, type=columns, help="columns to divide")

    command = commands.add_parser("break-even", help="fits the costs of push and polling to a head-to-head")
    command.add_argument("file", help="as --json has written it; - is standard input")
    command.add_argument("--chart", help="SVG file to write")

    command = commands.add_parser("jmh", help="prints a result of JMH as a table")
    command.add_argument("file", help="as JMH has written it with -rf json")
    command.add_argument("--json", help="file to append the rows to")

    options = parser.parse_args(arguments)
    try:
        if options.command == "chart":
            write(options.out, chart(options.file, options.table, options.by, options.value))
        elif options.command == "compare":
            print(compare(options.file, options.table, options.by, options.to, options.each, options.values))
        elif options.command == "break-even":
            evaluation, models = break_even(options.file)
            if evaluation:
                print(evaluation)
                if options.chart:
                    write(options.chart, draw_break_even(models))
        else:
            print(jmh(options.file, options.json))
    except AnalysisError as e:
        sys.exit(str(e))


if __name__ == "__main__":
    main()
