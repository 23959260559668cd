#!/usr/bin/env python3
"""Streams likes through a proxy to an event-producer, and writes all of them before it reads. Fails if a stream neither passes
completely nor is refused immediately.
Usage: stream_likes.py PRODUCER_URL"""
import http.client
import json
import sys
import time
import urllib.parse

LINES = 300_000
REFUSED_EACH = 1_000
PIECE = 100


def body():
    """Returns the lines, in pieces. Each thousandth line has no author."""
    for start in range(0, LINES, PIECE):
        yield "".join(line(i) for i in range(start, start + PIECE)).encode()


def line(i):
    author = "" if i % REFUSED_EACH == REFUSED_EACH - 1 else f'"authorId":"stream-{i % 100}",'
    return f'{{"postId":"p-1",{author}"likerId":"liker-{i}"}}\n'


def post(url, lines, **headers):
    """Posts a stream, and returns the status and the body of the answer."""
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
    headers["Content-Type"] = "application/x-ndjson"
    try:
        connection.request("POST", "/v1/likes", lines, headers)
    except (BrokenPipeError, ConnectionResetError):
        pass  # an early answer can still be read
    response = connection.getresponse()
    answer = response.status, response.read().decode()
    connection.close()
    return answer


def check(is_met, what):
    if not is_met:
        sys.exit(what)


def main():
    url = urllib.parse.urlsplit(sys.argv[1])

    start = time.monotonic()
    status, answer = post(url, body(), Prefer="return=minimal")
    seconds = time.monotonic() - start
    refused = LINES // REFUSED_EACH
    check(status == 200, f"{LINES} lines with return=minimal: {status} {answer[:500]}")
    results = [json.loads(result) for result in answer.splitlines()]
    check(results[-1] == {"done": True, "accepted": LINES - refused, "refused": refused}, f"the sums: {results[-1]}")
    check([r["line"] for r in results[:-1]] == list(range(REFUSED_EACH, LINES + 1, REFUSED_EACH)), "the refused lines")

    status, answer = post(url, body())
    check(status == 400 and "Prefer: return=minimal" in answer, f"no preference: {status} {answer[:500]}")

    few = "".join(line(i) for i in range(20)).encode()
    status, answer = post(url, few)
    check(status == 200 and len(answer.splitlines()) == 21, f"20 lines: {status} {answer[:500]}")
    print(f"{LINES} lines passed through the proxy in {seconds:.1f} s; without the preference they were refused")


if __name__ == "__main__":
    main()
