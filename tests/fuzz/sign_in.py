"""Signs in as FUZZ_ROLE, and again whenever the session has ended: signing out is among what is tried."""

import json
import os
from itertools import count
from subprocess import run
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import schemathesis

ROLE = os.environ["FUZZ_ROLE"]
PASSWORD = "quatre essais par minute" if ROLE == "admin" else "Demo-2026!"
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
    return name


def repair(*command):
    executable = [os.environ["FUZZ_EXECUTABLE"], "admin", *command, "--data-dir", os.environ["FUZZ_DATA"]]
    run(executable, input=PASSWORD + "\n", text=True, check=True, capture_output=True)


if ROLE != "nobody":

    @schemathesis.auth(refresh_interval=240)
    class SignIn:
        def get(self, case, context):
            form = urlencode({"username": account(), "password": PASSWORD}).encode()
            with urlopen(Request(os.environ["FUZZ_URL"] + "/api/v1/auth/token", form)) as reply:
                return json.load(reply)["access_token"]

        def set(self, case, token, context):
            case.headers["Authorization"] = "Bearer " + token
