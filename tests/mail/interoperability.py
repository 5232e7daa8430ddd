"""What aiosmtpd receives from `admin test-mail`, read by Python's own mail reader."""

import email
import email.policy
import logging
import socket
import ssl
import subprocess
import sys
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

logging.getLogger("mail").setLevel(logging.ERROR)
executable, scratch = sys.argv[1], Path(sys.argv[2])
USER, PASSWORD = "gmao", "Clé à molette 13"


class Keeper:
    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append((session, envelope))
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    assert isinstance(data, LoginPassword), mechanism
    good = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=good, handled=False)


def send(security, port, language, password=PASSWORD):
    settings = {
        "ERP_SMTP_HOST": "localhost",
        "ERP_SMTP_PORT": str(port),
        "ERP_SMTP_SECURITY": security,
        "ERP_SMTP_FROM": "Atelier « Énergie », Casablanca <gmao@usine.test>",
        "ERP_SMTP_TIMEOUT_S": "5",
        "ERP_SMTP_CA_FILE": str(scratch / "certificate.pem"),
    }
    if security != "none":
        settings |= {"ERP_SMTP_USER": USER, "ERP_SMTP_PASSWORD": password}
    command = [executable, "admin", "test-mail", "amina@usine.test", "--langue", language]
    return subprocess.run(
        [*command, "--data-dir", str(scratch / "data")], env=settings, capture_output=True, text=True, timeout=60
    )


def check(security, options, implicit_tls):
    keeper = Keeper()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(scratch / "certificate.pem", scratch / "key.pem")
    if security == "starttls":
        options |= {"tls_context": tls, "require_starttls": True}
    # The controller calls itself before it is ready, so that it has to know its port.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    tls_from_the_start = tls if implicit_tls else None
    server = Controller(keeper, hostname="127.0.0.1", port=port, ssl_context=tls_from_the_start, **options)
    server.start()
    try:
        for language, subject, words in [
            ("fr", "Essai d’envoi réussi", "Adresse de l’application"),
            ("en", "Test mail: it works", "Address of the application"),
        ]:
            done = send(security, port, language)
            assert done.returncode == 0, done.stdout + done.stderr
            session, envelope = keeper.received[-1]
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert not message.defects, message.defects
            assert (envelope.mail_from, envelope.rcpt_tos) == ("gmao@usine.test", ["amina@usine.test"])
            sender = message["From"].addresses[0]
            assert sender.display_name == "Atelier « Énergie », Casablanca", sender
            assert message["Subject"] == subject, message["Subject"]
            assert message["Message-ID"].startswith("<essai.") and message["Date"].datetime
            text = message.get_body(("plain",)).get_content()
            html = message.get_body(("html",)).get_content()
            assert words in text and "</html>" in html and subject in html, text + html
            # Where TLS comes first, nothing but TLS can have been spoken.
            assert (session.ssl is not None) == (security == "starttls"), security
            assert bool(session.authenticated) == (security != "none")
        if security != "none":
            refused = send(security, port, "en", "un autre")
            assert refused.returncode == 1 and "refuses when signing in: 535" in refused.stderr, refused.stderr
            assert "un autre" not in refused.stderr
        print(f"ok  {security}: {len(keeper.received)} messages")
    finally:
        server.stop()


signing_in = {"authenticator": authenticate, "auth_required": True}
check("starttls", dict(signing_in), False)
# Signing in is allowed because the connection is TLS already, which aiosmtpd does not see by itself.
check("tls", signing_in | {"auth_require_tls": False}, True)
check("none", {}, False)
