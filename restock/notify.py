"""Tells people and programs how a weekly run ended: by webhook and by mail, as [notify] in restock.toml says.

A message that cannot be delivered is a warning in the log: the run stands.
"""

import json
import os
import smtplib
import ssl
import urllib.error
import urllib.request
from email.message import EmailMessage
from functools import partial

import structlog

from data.policy import Notify

SECONDS = 20
USER, PASSWORD = "RESTOCK_SMTP_USER", "RESTOCK_SMTP_PASSWORD"
SECURE_PORT = 465


def notify(settings: Notify, told: dict[str, object]) -> None:
    """Sends ``told`` (status, message and the run's figures) to whoever is named; ``trouble`` leaves good news out."""
    if settings.when == "trouble" and told["status"] == "done":
        return
    for wanted, send in ((settings.webhook, _post), (settings.mail_to, _mail)):
        if not wanted:
            continue
        try:
            send(settings, told)
        except (OSError, ValueError, smtplib.SMTPException, urllib.error.URLError) as error:
            reason = f"{type(error).__name__}: {error}"
            structlog.get_logger().warning("not delivered", by=send.__name__.strip("_"), reason=reason)


def _post(settings: Notify, told: dict[str, object]) -> None:
    if not settings.webhook.startswith(("http://", "https://")):
        raise ValueError("the webhook is no http or https address")
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    request = urllib.request.Request(settings.webhook, data=body, headers=headers, method="POST")
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass


def _mail(settings: Notify, told: dict[str, object]) -> None:
    mail = EmailMessage()
    mail["Subject"] = f"restock: {told['status']}, {told['as_of'] or 'no Monday'}"
    mail["From"] = settings.mail_from or settings.mail_to[0]
    mail["To"] = ", ".join(settings.mail_to)
    mail.set_content(f"{told['message']}\n\n" + "".join(f"{name}: {value}\n" for name, value in told.items()))
    host, _, port = settings.smtp.partition(":")
    secure = int(port or 25) == SECURE_PORT
    door = partial(smtplib.SMTP_SSL, context=ssl.create_default_context()) if secure else smtplib.SMTP
    with door(host, int(port or 25), timeout=SECONDS) as server:
        if os.environ.get(USER):
            if not secure:
                server.starttls(context=ssl.create_default_context())
            server.login(os.environ[USER], os.environ.get(PASSWORD, ""))
        server.send_message(mail)
