"""Chromium without a window, by the protocol of WebDriver (https://www.w3.org/TR/webdriver2/)."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.request

from pages import Mismatch

ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync"]
TIMEOUT = 30


class Browser:

    def __init__(self):
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, text=True)
        port = next(line.split("on port ")[1].strip(" .\n") for line in self.driver.stdout if "successfully on port" in line)
        self.url = f"http://127.0.0.1:{port}/session"
        try:
            self._start()
        except Exception:
            self.driver.terminate()
            raise

    def _start(self):
        options = {"binary": shutil.which("chromium") or shutil.which("google-chrome"), "args": ARGUMENTS}
        capabilities = {"alwaysMatch": {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}}
        self.url += "/" + self._post("", {"capabilities": capabilities})["sessionId"]

    def open(self, url):
        self._post("/url", {"url": url})

    def run(self, script):
        """Returns the result of a script."""
        return self._post("/execute/sync", {"script": script, "args": []})

    def click(self, css):
        element = self._post("/element", {"using": "css selector", "value": css})
        self._post(f"/element/{next(iter(element.values()))}/click", {})

    def await_text(self, css, expected):
        """Waits until an element has this text."""
        self.await_value(f"return document.querySelector({json.dumps(css)})?.textContent.trim()", expected)

    def await_value(self, script, expected):
        deadline = time.monotonic() + TIMEOUT
        while (value := self.run(script)) != expected:
            if time.monotonic() > deadline:
                raise Mismatch(f"{script}\nreturns {value!r} instead of {expected!r}; the console has\n{self._console()}")
            time.sleep(0.05)

    def _console(self):
        return "\n".join(entry["message"] for entry in self._post("/se/log", {"type": "browser"}))

    def _post(self, path, body):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise Mismatch(f"WebDriver {path}: {e.read().decode()[:500]}") from e

    def close(self):
        urllib.request.urlopen(urllib.request.Request(self.url, method="DELETE"), timeout=60).close()
        self.driver.terminate()
        self.driver.wait()
