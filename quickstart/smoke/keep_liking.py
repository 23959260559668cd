#!/usr/bin/env python3
"""Likes at a steady pace while things are stopped and killed around it, and follows live what it likes.

Told to end (SIGTERM), it waits until it has been told of every like that was accepted, has them folded, and fails if one is
missing, or stands in the report twice.
"""

import argparse
import datetime
import http.client
import json
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

PATIENCE = 120  # seconds for a like to be accepted, for the last one to arrive, and for a run

over = threading.Event()
accepted = {}  # event id: position
told = {}
positions = set()
problems = []
counts = {"retries": 0, "streams": 0}


def post(url, body=b"", **headers):
    headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
        return json.load(answer)


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def until_it_answers(ask):
    """A like that was not answered may be in the log: it is sent again under its own key."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except (OSError, http.client.HTTPException) as e:
            if isinstance(e, urllib.error.HTTPError) and e.code < 500 or time.monotonic() > deadline:
                raise
            counts["retries"] += 1
            time.sleep(0.2)


def like(producer, author, rate):
    key, started = uuid.uuid4().hex, time.monotonic()
    while not over.wait(max(0, started + len(accepted) / rate - time.monotonic())):
        n = len(accepted)
        body = {"postId": f"p-{n % 10}", "authorId": author, "likerId": f"liker-{n}",
                "at": datetime.datetime.now(datetime.timezone.utc).isoformat()}
        answer = until_it_answers(lambda: post(f"{producer}/v1/likes", json.dumps(body).encode(),
                                               Idempotency_Key=f"{key}-{n}"))
        accepted[answer["eventId"]] = answer["position"]


def follow(gateway, author, following):
    host, after = urllib.parse.urlsplit(gateway).netloc, None
    while True:
        resumed = after is not None
        connection = http.client.HTTPConnection(host, timeout=45)  # twice the heartbeat, and a little
        try:
            connection.request("GET", f"/v1/authors/{author}/likes" + (f"?after={after}" if after else ""),
                               headers={"Accept": "text/event-stream"})
            answer = connection.getresponse()
            if answer.status == 200:
                counts["streams"] += 1
                for line in answer:
                    line = line.decode().rstrip("\n")
                    if line.startswith("id:"):
                        after = line[3:]
                    if line.startswith("data:"):
                        see(json.loads(line[5:]), resumed)
                        following.set()
            elif answer.status < 500:
                problems.append(f"the gateway answered {answer.status}: {answer.read()[:500]}")
                return
        except (OSError, http.client.HTTPException):
            pass  # it went away: back to it, from where it was
        finally:
            connection.close()
        time.sleep(0.2)


def see(frame, resumed):
    if frame["kind"] == "like":
        if frame["position"] in positions:
            problems.append(f"told twice of {frame['position']}")
        positions.add(frame["position"])
        told[frame["event"]["id"]] = frame["position"]
    elif frame["kind"] == "digest" or resumed and frame.get("recovered") is False:
        problems.append(f"not told one by one: {frame}")


def wait_for(what, holds):
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            sys.exit("\n".join([*problems[:20], what]))
        time.sleep(0.2)


def folded(reports, author):
    last = max(accepted.values(), key=lambda position: int(position.rsplit("-", 1)[1]))
    run = until_it_answers(lambda: post(f"{reports}/v1/runs"))["id"]
    wait_for(f"run {run} is not done",
             lambda: until_it_answers(lambda: get(f"{reports}/v1/runs/{run}"))["status"] == "done")
    return until_it_answers(lambda: get(f"{reports}/v1/authors/{author}/reports/current?atLeast={last}&wait=30"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("producer")
    parser.add_argument("gateway")
    parser.add_argument("reports")
    parser.add_argument("--author", default=f"steady-{int(time.time())}")
    parser.add_argument("--rate", type=float, default=20, help="likes a second (20)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: over.set())

    following = threading.Event()
    threading.Thread(target=follow, args=(args.gateway, args.author, following), daemon=True).start()
    if not following.wait(PATIENCE):
        sys.exit("no stream")
    print(f"following {args.author}", flush=True)
    like(args.producer, args.author, args.rate)

    wait_for("not told of every like", lambda: accepted.keys() <= told.keys())
    report = folded(args.reports, args.author)
    print(f"{len(accepted)} likes accepted after {counts['retries']} retries, {len(accepted.keys() & told.keys())} told live "
          f"over {counts['streams']} streams, {report['likes']} in the report", flush=True)
    if report["likes"] != len(accepted):
        problems.append(f"the report has {report['likes']} likes of {len(accepted)}")
    if problems:
        sys.exit("\n".join(problems[:20]))


if __name__ == "__main__":
    main()
