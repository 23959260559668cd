#!/usr/bin/env python3
"""Counts a file of likes in the simplest way, and prints the figures that each weekly report must have: JSON by author and week.

Shares no code with Heartline. Weeks are ISO weeks in UTC.
"""

import collections
import datetime
import json
import sys


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def count(lines):
    weeks = collections.defaultdict(list)
    for line in lines:
        like = json.loads(line)
        day = moment(like["at"]).date()
        year, week, _ = day.isocalendar()
        weeks[like["authorId"], f"{year}-W{week:02d}"].append((like, day))
    expected = collections.defaultdict(dict)
    for (author, week), likes in weeks.items():
        expected[author][week] = figures(likes)
    return expected


def figures(likes):
    first_day, withdrawn = {}, set()
    events = {"liked": 0, "unliked": 0}
    for like, day in likes:
        events[like["type"]] += 1
        pair = like["postId"], like["likerId"]
        if like["type"] == "liked":
            first_day[pair] = min(day, first_day.get(pair, day))
        else:
            withdrawn.add(pair)
    posts = collections.Counter(post for post, _ in first_day)
    days = collections.Counter(day.isoformat() for day in first_day.values())
    top = sorted(posts.items(), key=lambda item: (-item[1], item[0]))[:10]
    return {
        "likes": len(first_day),
        "unlikes": len(withdrawn),
        "likers": len({liker for _, liker in first_day}),
        "events": events,
        "byDay": dict(days),
        "topPosts": [{"postId": post, "likes": count} for post, count in top],
    }


if __name__ == "__main__":
    json.dump(count(sys.stdin), sys.stdout)
