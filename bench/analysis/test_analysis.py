#!/usr/bin/env python3
"""Tests analysis.py; run this file. No test needs anything but the standard library."""
import contextlib
import io
import json
import math
import os
import tempfile
import unittest
import xml.etree.ElementTree as xml

import analysis
from analysis import CostModel, LinearCost

IDLE, FRAME, REQUEST, CONNECT, LIKE = 2e-6, 12e-6, 100e-6, 300e-6, 4e-6


def costs(*rates):
    """Returns what the ways would cost if the costs of their parts were the constants above."""
    result = []
    for rate in rates:
        result.append(("websocket", rate, IDLE + FRAME * rate))
        result += [(f"poll-{every}", rate, REQUEST / every + LIKE * rate) for every in (1, 5, 15)]
        result.append(("poll-60", rate, CONNECT / 60 + LIKE * rate))
        result.append(("sse", rate, 1))
    return result


class CostModelTest(unittest.TestCase):
    def test_parts_of_a_cost_are_recovered(self):
        model = CostModel.of(costs(0, 0.1, 1))
        found = (model.push_cost.first, model.push_cost.second, model.kept.first, model.fresh.first, model.kept.second)
        for part, expected in zip(found, (IDLE, FRAME, REQUEST, CONNECT, LIKE)):
            self.assertAlmostEqual(part, expected, delta=1e-9)
        self.assertLess(max(model.errors(costs(0, 0.1, 1)).values()), 1e-6)

    def test_of_several_runs_the_median_counts(self):
        model = CostModel.of(costs(0, 1) + costs(0, 1) + [("websocket", 1, 1)])
        self.assertAlmostEqual(model.push_cost.second, FRAME, delta=1e-9)

    def test_from_the_break_even_on_polls_cost_no_more_than_push(self):
        model = CostModel.of(costs(0, 0.1, 1))
        # 300 / (2 + 8 r) seconds, or 100 / (2 + 8 r) if the connection stays open between two polls
        for likes, expected in ((0, 150), (1, 30), (10, 100 / 82)):
            self.assertAlmostEqual(model.break_even(likes), expected, delta=1e-6)
        for likes in (0, 0.01, 0.5, 1, 10):
            even = model.break_even(likes)
            self.assertGreater(model.poll(even * 0.99, likes), model.push(likes))
            for step in range(25):
                self.assertLess(model.poll(even * 1.01 * 1.1**step, likes), model.push(likes))

    def test_if_a_pushed_like_costs_less_there_is_no_break_even(self):
        model = CostModel(LinearCost(0, 1), LinearCost(5, 2), LinearCost(5, 2))
        self.assertTrue(math.isinf(model.break_even(1)))
        self.assertEqual(analysis.seconds_text(model.break_even(1)), "never")

    def test_one_rate_or_no_polls_do_not_suffice(self):
        self.assertIsNone(CostModel.of(costs(1)))
        self.assertIsNone(CostModel.of([("websocket", 0, 1), ("websocket", 1, 2)]))
        self.assertIsNone(LinearCost.fit([(1, 2, 3), (2, 4, 6)]))

    def test_no_part_is_negative(self):
        noisy = LinearCost.fit([(1, 0, 10), (1, 1, 9), (1, 2, 8)])
        self.assertEqual(noisy.second, 0)
        self.assertTrue(8 <= noisy.first <= 10)
        free = LinearCost.fit([(1, 1, 1), (1, 2, 4)])
        self.assertEqual(free.first, 0)
        self.assertTrue(1 <= free.second <= 2)


class FilesTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, *rows):
        path = os.path.join(self.folder.name, "rows.json")
        analysis.write(path, "\n".join(json.dumps(row) for row in rows))
        return path

    def ways(self):
        def row(table, rate, way, run, cpu, ms):
            return {"table": table, "rate": rate, "way": way, "run": run, "cpu": cpu, "ms": ms}

        return self.file(
            row("ways", 10, "push", 1, 10, None),
            row("ways", 10, "poll", 1, 20, 500),
            row("ways", 10, "push", 2, 20, None),
            row("ways", 10, "poll", 2, 60, 500),
            row("ways", 100, "push", 1, 100, 5),
            row("ways", 100, "poll", 1, 50, 500),
            row("others", 100, "poll", 1, 1, 1),
        )

    def test_rows_are_divided_by_the_base_of_the_same_run_and_group(self):
        table = analysis.compare(self.ways(), "ways", "way", "push", ["rate"], ["cpu", "ms"])
        self.assertIn(
            "| rate | way | cpu | ms |\n|---|---|---|---|\n"
            "| 10 | poll | 2.50 (2.00 to 3.00) | — |\n"
            "| 100 | poll | 0.50 (0.50 to 0.50) | 100.00 (100.00 to 100.00) |",
            table,
        )

    def test_a_missing_base_is_an_error(self):
        with self.assertRaisesRegex(SystemExit, "no row of pigeon in a table ways"):
            analysis.main(["compare", self.ways(), "--table=ways", "--by=way", "--to=pigeon", "--values=cpu"])

    def test_a_bar_is_drawn_for_each_group(self):
        out = os.path.join(self.folder.name, "cpu.svg")
        analysis.main(["chart", self.ways(), "--table=ways", "--by=rate,way", "--value=cpu", f"--out={out}"])
        texts = [element.text for element in xml.parse(out).iter() if element.tag.endswith("text")]
        self.assertEqual(texts[0], "cpu")
        self.assertLessEqual({"10, push", "10, poll", "100, push", "100, poll"}, set(texts))

    def test_a_column_without_figures_is_an_error(self):
        out = os.path.join(self.folder.name, "none.svg")
        with self.assertRaisesRegex(SystemExit, "no figures of mm in a table ways"):
            analysis.main(["chart", self.ways(), "--table=ways", "--by=way", "--value=mm", f"--out={out}"])
        self.assertFalse(os.path.exists(out))

    def test_the_break_even_of_a_head_to_head_is_printed_and_drawn(self):
        hours = 3600
        path = self.file(*(
            {"table": "head-to-head", "likes/client·h": rate * hours, "way": way, "clients": 10, "run": 1,
             "KB/client·h": cost * hours, "CPU ms/client·h": cost * hours * 1e3}
            for way, rate, cost in costs(0, 0.1, 1)
        ))
        out = os.path.join(self.folder.name, "even.svg")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            analysis.main(["break-even", path, f"--chart={out}"])
        self.assertIn("| a WebSocket that is open, a second | 2.00 | 0.0 |", printed.getvalue())
        self.assertIn("- 30 s, at 3,600 likes of a client and hour", printed.getvalue())
        self.assertEqual(len([e for e in xml.parse(out).iter() if e.tag.endswith("polyline")]), 2)

    def test_a_head_to_head_without_polls_has_no_break_even(self):
        path = self.file({"table": "head-to-head", "likes/client·h": 0, "way": "websocket", "clients": 10, "run": 1,
                          "KB/client·h": 1, "CPU ms/client·h": 1})
        self.assertEqual(analysis.break_even(path), (None, None))

    def test_a_result_of_jmh_becomes_rows(self):
        path = os.path.join(self.folder.name, "jmh.json")
        out = os.path.join(self.folder.name, "rows.json")
        score = {"score": 1234.56, "scoreError": "NaN"}
        analysis.write(path, json.dumps([
            {"benchmark": "io.heartline.gateway.stream.digest.DigestBenchmark.digest", "params": {"posts": "3"}, "primaryMetric": score,
             "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 96.0}}},
        ]))
        self.assertIn("| Digest.digest | posts=3 | 1,234.6 | — | 96.0 |", analysis.jmh(path, out))
        row = {"table": "jmh", "benchmark": "Digest.digest", "of": "posts=3", "ns/op": 1234.56, "± ns": None, "B/op": 96.0}
        self.assertEqual(analysis.read(out, "jmh"), [row])


if __name__ == "__main__":
    unittest.main()
