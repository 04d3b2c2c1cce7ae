"""Tells who got data from us that they were corrected or erased, or that their use is restricted (GDPR art. 19)."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

from houvast.app.mailing import Letter, send
from houvast.app.places import home
from houvast.app.settings import load_settings
from houvast.app.target import Target
from houvast.systems.connector import Away, Counts, Unfit, found
from houvast.systems.model import Recipient
from houvast.systems.service import told
from houvast.systems.store import Task

BY_HAND = "somebody of the staff must tell them, and say so: houvast systems told"


def tell_recipient(target: Target, recipient: Recipient, task: Task) -> Counts | None:
    """Tell one recipient what became of the data that it has. Raises Away, Unfit."""
    of = f"recipient `{recipient.name}`"
    url = found(recipient.url, of).replace("{home}", str(home()))
    if url:
        return told(url, found(recipient.sign, of), of, task)
    if not recipient.mail:
        raise Unfit(f"{of.capitalize()} has no address in systems.yaml: {BY_HAND}.")
    mail = load_settings(target.project.folder).mail
    if mail is None or not mail.server:
        raise Away("No mail server is set (mail: in settings.yaml), so recipients cannot be written to.")
    policy = target.project.versions[-1]
    send(replace(mail, to=(recipient.mail,)), [letter(recipient, task, policy.controller.get("name", policy.name))])
    return Counts(0, 0)


def letter(recipient: Recipient, task: Task, sender: str) -> Letter:
    """What a recipient is written: by what it finds the person, and what it has to do."""
    lang = recipient.language
    text = files("houvast.app").joinpath("mails", f"recipient_{task.what}.{lang}.txt").read_text(encoding="utf-8")
    values = {
        "name": sender,
        "reference": str(task.token),
        "by": "\n".join(f"- {value}" for values in task.needles.values.values() for value in values) or "-",
        "old": task.change.old if task.change else "",
        "new": task.change.new if task.change else "",
    }
    subject, _, body = text.format_map(values).partition("\n\n")
    return Letter(str(task.token), subject, body)
