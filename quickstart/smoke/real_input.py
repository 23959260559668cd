#!/usr/bin/env python3
"""Posts a file of likes, requests one run, and compares every report with the expected figures."""

import argparse
import collections
import concurrent.futures
import http.client
import itertools
import json
import sys
import threading
import time
import urllib.parse

CONNECTIONS = 8
SINGLE = 10  # one like in ten is posted alone; the other likes are posted as streams


class Service:
    """A client of a service, with one connection per thread."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.local = threading.local()

    def ask(self, method, path, body=None):
        status, text = self.send(method, path, body, {"Content-Type": "application/json"} if body else {})
        return status, json.loads(text)

    def stream(self, path, lines):
        """Returns the last line of the answer: the numbers of accepted and of refused likes."""
        headers = {"Content-Type": "application/x-ndjson", "Prefer": "return=minimal"}
        _, text = self.send("POST", path, "\n".join(lines), headers)
        return json.loads(text.splitlines()[-1])

    def send(self, method, path, body, headers):
        if not hasattr(self.local, "connection"):
            self.local.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.local.connection.request(method, path, body, headers)
        answer = self.local.connection.getresponse()
        return answer.status, answer.read()


def post(producer, lines):
    """Posts the likes of each author in the file's order, and the likes of different authors concurrently."""
    by_author = collections.defaultdict(list)
    for line in lines:
        by_author[json.loads(line)["authorId"]].append(line)
    lanes = [[] for _ in range(CONNECTIONS)]
    for author in sorted(by_author, key=lambda name: -len(by_author[name])):
        min(lanes, key=len).extend(by_author[author])

    def drive(lane):
        statuses = collections.Counter()
        singles = len(lane) // SINGLE
        for line in lane[:singles]:
            statuses[producer.ask("POST", "/v1/likes", line)[0]] += 1
        summary = producer.stream("/v1/likes", lane[singles:])
        return statuses + collections.Counter({202: summary["accepted"], "refused": summary["refused"]})

    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(drive, lanes), collections.Counter())


def run(reports):
    _, accepted = reports.ask("POST", "/v1/runs")
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        _, view = reports.ask("GET", f"/v1/runs/{accepted['id']}")
        if view["status"] != "running":
            return view
        time.sleep(0.2)
    sys.exit("the run did not end within 120 s")


def differences(reports, expected):
    compared = 0
    for author, week in ((a, w) for a in sorted(expected) for w in sorted(expected[a])):
        status, report = reports.ask("GET", f"/v1/authors/{author}/reports/{week}")
        want = expected[author][week]
        have = {name: report.get(name) for name in want}
        have["byDay"] = {day["date"]: day["likes"] for day in report.get("byDay", []) if day["likes"]}
        compared += 1
        if status != 200 or have != want:
            yield f"{author} {week}: {status}, expected {want}, got {have}"
    print(f"  compared {compared} reports of {len(expected)} authors")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("likes", help="NDJSON, as generate_likes.py writes it")
    parser.add_argument("expected", help="JSON, as count_likes.py writes it")
    parser.add_argument("producer", help="URL of the event producer")
    parser.add_argument("reports", help="URL of the report batch")
    arguments = parser.parse_args()
    with open(arguments.likes, encoding="utf-8") as file:
        lines = file.read().splitlines()
    with open(arguments.expected, encoding="utf-8") as file:
        expected = json.load(file)
    started = time.monotonic()
    statuses = post(Service(arguments.producer), lines)
    print(f"  posted {len(lines)} likes in {time.monotonic() - started:.1f} s: {dict(statuses)}")
    if statuses != {202: len(lines)}:
        sys.exit("not every like was accepted")
    reports = Service(arguments.reports)
    view = run(reports)
    print(f"  run {view['status']}: {view['recordsDone']} of {view['recordsTotal']} records, {view['recordsPerSecond']}/s")
    if view["status"] != "done":
        sys.exit(f"the run failed: {view['error']}")
    wrong = list(differences(reports, expected))
    for line in itertools.islice(wrong, 10):
        print(f"  WRONG {line}", file=sys.stderr)
    sys.exit(f"{len(wrong)} reports differ" if wrong else 0)


if __name__ == "__main__":
    main()
