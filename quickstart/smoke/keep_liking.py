#!/usr/bin/env python3
"""Posts likes at a steady rate and follows their author, while services are stopped and killed.

After SIGTERM or Ctrl+C, it waits until it has received all accepted likes, and until they are folded. It fails if a like is
missing, or if it was received or counted twice. With --new-topic it expects that another topic replaces the present one. Its reader
then reads again from the time of its start, as a client can that wants to miss nothing, and drops what it has.
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

timeout = 120  # seconds until a like is accepted, until the last like arrives, and until a run is done

over = threading.Event()
accepted = {}  # event id: position
received = {}  # event id: position
positions = set()
problems = []
counts = {"retries": 0, "streams": 0, "gaps": 0}


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def post(url, body=b"", **headers):
    headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as answer:
        return json.load(answer)


def get(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def retried(ask):
    """Repeats a request until it is answered. An unanswered like may be in the log, so it is sent again with its key."""
    deadline = time.monotonic() + timeout
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
                "at": now()}
        answer = retried(lambda: post(f"{producer}/v1/likes", json.dumps(body).encode(),
                                               Idempotency_Key=f"{key}-{n}"))
        accepted[answer["eventId"]] = answer["position"]


def follow(gateway, author, following, new_topic):
    host, after, since = urllib.parse.urlsplit(gateway).netloc, None, None
    started = now()
    while True:
        resumed = after is not None
        start = f"?since={since}" if since else f"?after={after}" if after else ""
        connection = http.client.HTTPConnection(host, timeout=45)  # a little longer than two heartbeats
        try:
            connection.request("GET", f"/v1/authors/{author}/likes{start}", headers={"Accept": "text/event-stream"})
            answer = connection.getresponse()
            if answer.status == 200:
                counts["streams"] += 1
                for line in answer:
                    line = line.decode().rstrip("\n")
                    if line.startswith("id:"):
                        after = line[3:]
                    if line.startswith("data:"):
                        frame = json.loads(line[5:])
                        if new_topic and resumed and frame.get("recovered") is False:
                            counts["gaps"] += 1
                            positions.clear()  # of the other topic; it may be read again
                            since = started
                            break
                        see(frame, resumed)
                        since = None
                        following.set()
            elif answer.status < 500:
                problems.append(f"the gateway answered {answer.status}: {answer.read()[:500]}")
                return
        except (OSError, http.client.HTTPException):
            pass  # the gateway has stopped: connect again with the last position
        finally:
            connection.close()
        time.sleep(0.2)


def see(frame, resumed):
    if frame["kind"] == "like":
        if frame["position"] in positions:
            problems.append(f"received twice: {frame['position']}")
        positions.add(frame["position"])
        received[frame["event"]["id"]] = frame["position"]
    elif frame["kind"] == "digest" or resumed and frame.get("recovered") is False:
        problems.append(f"not received as single likes: {frame}")


def wait_for(what, holds):
    deadline = time.monotonic() + timeout
    while not holds():
        if time.monotonic() > deadline:
            sys.exit("\n".join([*problems[:20], what]))
        time.sleep(0.2)


def folded(reports, author):
    epoch = list(accepted.values())[-1].split("-")[0]  # of the log that is written to now
    last = max((position for position in accepted.values() if position.startswith(epoch)),
               key=lambda position: int(position.rsplit("-", 1)[1]))
    run = retried(lambda: post(f"{reports}/v1/runs"))["id"]
    wait_for(f"run {run} is not done",
             lambda: retried(lambda: get(f"{reports}/v1/runs/{run}"))["status"] == "done")
    return retried(lambda: get(f"{reports}/v1/authors/{author}/reports/current?atLeast={last}&wait=30"))


def main():
    global timeout
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("producer")
    parser.add_argument("gateway")
    parser.add_argument("reports")
    parser.add_argument("--author", default=f"steady-{int(time.time())}")
    parser.add_argument("--rate", type=float, default=20, help="likes per second (20)")
    parser.add_argument("--new-topic", action="store_true", help="another topic replaces the present one meanwhile")
    parser.add_argument("--timeout", type=int, default=timeout, help="seconds until a like has to be accepted (120)")
    args = parser.parse_args()
    timeout = args.timeout
    for end in signal.SIGTERM, signal.SIGINT:
        signal.signal(end, lambda *_: over.set())

    following = threading.Event()
    threading.Thread(target=follow, args=(args.gateway, args.author, following, args.new_topic), daemon=True).start()
    if not following.wait(timeout):
        sys.exit("no frame was received")
    print(f"following {args.author}", flush=True)
    like(args.producer, args.author, args.rate)

    wait_for("not all likes were received", lambda: accepted.keys() <= received.keys())
    report = folded(args.reports, args.author)
    print(f"{len(accepted)} likes accepted after {counts['retries']} retries, {len(accepted.keys() & received.keys())} received "
          f"over {counts['streams']} streams, {report['likes']} in the report", flush=True)
    if args.new_topic and not counts["gaps"]:
        problems.append("the topic was not replaced")
    if report["likes"] != len(accepted):
        problems.append(f"the report has {report['likes']} likes of {len(accepted)}")
    if problems:
        sys.exit("\n".join(problems[:20]))


if __name__ == "__main__":
    main()
