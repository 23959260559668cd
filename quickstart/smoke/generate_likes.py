#!/usr/bin/env python3
"""Writes likes as NDJSON, with one POST body in each line. A few authors get most likes. People repeat, withdraw and retry likes.

The same arguments always give the same file.
"""

import argparse
import datetime
import json
import random
import sys

AUTHORS, PEOPLE, POSTS_PER_AUTHOR, WEEKS = 400, 6_000, 40, 6


def ranked(rng, count, skew):
    """Returns a number below count. Small numbers are much more likely."""
    return int(count * rng.random() ** skew)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=60_000, help="lines (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=47, help="default: %(default)s")
    parser.add_argument("--end", required=True, help="the latest moment, such as 2026-11-24T10:00:00Z")
    arguments = parser.parse_args()
    rng = random.Random(arguments.seed)
    end = datetime.datetime.fromisoformat(arguments.end.replace("Z", "+00:00"))
    written = []
    while len(written) < arguments.count:
        what = rng.random()
        if written and what < 0.03:  # a retry: the same request again
            like = written[max(0, len(written) - 1 - ranked(rng, 50, 2))]
        else:
            at = end - datetime.timedelta(milliseconds=rng.randrange(WEEKS * 7 * 86_400_000))
            if written and what < 0.12:  # liked again, or withdrawn, at another time
                like = dict(written[rng.randrange(len(written))])
                like["type"] = "liked" if what < 0.07 else "unliked"
            else:
                author = ranked(rng, AUTHORS, 4)
                like = {
                    "postId": f"post-{author}-{ranked(rng, POSTS_PER_AUTHOR, 3)}",
                    "authorId": f"author-{author}",
                    "likerId": f"person-{ranked(rng, PEOPLE, 2)}",
                    "type": "unliked" if what > 0.96 else "liked",
                }
            like["at"] = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
        written.append(like)
        sys.stdout.write(json.dumps(like, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
