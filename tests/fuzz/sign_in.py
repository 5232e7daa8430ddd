"""Signs in as FUZZ_ROLE, and again whenever the session has ended: signing out is among what is tried."""

import json
import os
from itertools import count
from subprocess import run
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import schemathesis

ROLE = os.environ["FUZZ_ROLE"]
GIVEN = "quatre essais par minute"
PASSWORD = "une tout autre phrase" if ROLE == "admin" else "Demo-2026!"
NUMBER = count(1)


def account():
    """A user name that still opens: an administrator may have closed their own account, anyone else only
    guessed at their own password too often."""
    if ROLE != "admin":
        repair("unlock", ROLE)
        return ROLE
    name = f"fuzz{next(NUMBER)}"
    person = ["--full-name", name, "--email", f"{name}@demo.ma", "--role", "admin", name]
    repair("create-user", "--password-stdin", *person)
    # A password that somebody else gave is changed before anything else.
    change = json.dumps({"current_password": GIVEN, "new_password": PASSWORD}).encode()
    headers = {"Authorization": "Bearer " + token(name, GIVEN), "Content-Type": "application/json"}
    urlopen(Request(os.environ["FUZZ_URL"] + "/api/v1/auth/change-password", change, headers)).close()
    return name


def token(name, password):
    form = urlencode({"username": name, "password": password}).encode()
    with urlopen(Request(os.environ["FUZZ_URL"] + "/api/v1/auth/token", form)) as reply:
        return json.load(reply)["access_token"]


def repair(*command):
    executable = [os.environ["FUZZ_EXECUTABLE"], "admin", *command, "--data-dir", os.environ["FUZZ_DATA"]]
    run(executable, input=GIVEN + "\n", text=True, check=True, capture_output=True)


if ROLE != "nobody":

    @schemathesis.auth(refresh_interval=240)
    class SignIn:
        def get(self, case, context):
            return token(account(), PASSWORD)

        def set(self, case, token, context):
            case.headers["Authorization"] = "Bearer " + token
