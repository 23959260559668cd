"""Reads and runs the code of a Markdown page, so that the page and its test cannot differ.

A fence begins with its language, and may have a word after it. `sh` has commands for one shell, which keeps its variables.
`text` has the complete output of the commands before it, and an ellipsis stands for any text on its line. A word with a dot is
the name of a file, as in `js like.js`. Other fences are not run.
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```([a-z]+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END = "--- end of block ---"
PAGE_PORTS = 8081, 8082, 8083


class Mismatch(Exception):
    pass


def blocks(page, ports=PAGE_PORTS):
    """Returns the language, the word and the text of each fence of a page, with other ports in its URLs."""
    source = (ROOT / page).read_text()
    found = FENCE.findall(source)
    if len(found) != len(re.findall(r"^\s*```[a-z]", source, re.MULTILINE)):
        raise Mismatch(f"{page}: a fence is indented or malformed, so it would not be run")
    return [(language, word, at(text, ports)) for language, word, text in found]


def at(text, ports):
    return re.sub(r"localhost:808([123])\b", lambda url: f"localhost:{ports[int(url[1]) - 1]}", text)


def write_files(page, folder, ports=PAGE_PORTS):
    """Writes the files of a page, and returns their names."""
    names = []
    for _, name, text in blocks(page, ports):
        if "." in name:
            (folder / name).write_text(text)
            names.append(name)
    if not names:
        raise Mismatch(f"{page} has no files")
    return names


def pattern(line):
    return re.compile(".*".join(re.escape(part) for part in line.split("…")))


def without_heartbeats(lines):
    """Drops the events of heartbeats. The first one of a connection comes at any moment of its first 20 s."""
    kept = []
    while lines:
        is_heartbeat = lines[1:2] == ["event:position"]
        kept += [] if is_heartbeat else lines[:1]
        lines = lines[3 if is_heartbeat else 1:]
    return kept


def compare(expected, printed):
    # curl prints no newline at the end, which a page cannot show
    wanted = [line for line in expected.split("\n") if line]
    got = [line.rstrip("\r") for line in re.sub(r"(?<=\})(?=\{)", "\n", printed).split("\n") if line.rstrip("\r")]
    if "event:position" not in wanted:
        got = without_heartbeats(got)
    if len(wanted) != len(got) or not all(pattern(w).fullmatch(g) for w, g in zip(wanted, got)):
        raise Mismatch("expected\n" + "\n".join(wanted) + "\nbut the output is\n" + "\n".join(got))


class Shell:
    """A shell that keeps its variables from one block of commands to the next."""

    def __init__(self, folder=ROOT):
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, commands):
        self.process.stdin.write(f"{commands}\nprintf '\\n%s\\n' '{END}'\n")
        self.process.stdin.flush()
        printed = []
        for line in self.process.stdout:
            if line == END + "\n":
                return "".join(printed)
            printed.append(line)
        raise Mismatch("the shell has ended:\n" + "".join(printed))

    def close(self):
        self.process.stdin.close()
        self.process.wait()
