"""New alarms become letters: each alarm is in one letter, also when the sender is killed half-way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from houvast.app.mailing import Letter, send
from houvast.app.settings import Mail
from houvast.database import Connection, queries

_SQL = queries("houvast.app", "desk.sql")
_WORDS = {
    "nl": {
        "one": "Houvast: een alarm over {name}",
        "more": "Houvast: {count} alarmen over {name}",
        "new": "Nieuw sinds het vorige bericht:",
        "look": "Op de pagina van de functionaris staat wat u kunt doen. Over hetzelfde komt geen tweede bericht.",
        "promise": "belofte",
    },
    "en": {
        "one": "Houvast: an alarm about {name}",
        "more": "Houvast: {count} alarms about {name}",
        "new": "New since the last message:",
        "look": "The officer's page says what you can do. There will be no second message about the same thing.",
        "promise": "promise",
    },
}


def waiting(connection: Connection) -> bool:
    """Whether an alarm has not been mailed yet."""
    row = connection.execute(_SQL["waiting"]).fetchone()
    return bool(row and row[0])


def mail_alarms(connection: Connection, mail: Mail, name: str) -> int:
    """Mail every alarm that was not mailed yet, those of now together; how many letters. `name`: of the policy.

    First the alarms get the number of their letter, committed; then it is sent; then that is written down. Whoever
    does it again after a kill sends the same letter, with the same Message-ID. Raises MailFailed.
    """
    connection.execute(_SQL["claim"])
    letters = connection.execute(_SQL["letters"]).fetchall()
    for number, texts, promises in letters:
        send(mail, [_letter(str(number), mail.language, name, texts, promises)])
        connection.execute(_SQL["mailed"], (number,))
    return len(letters)


def _letter(
    number: str, lang: str, name: str, texts: Sequence[Mapping[str, str]], promises: Sequence[str | None]
) -> Letter:
    words = _WORDS[lang]
    lines = [
        f"- {text[lang]}" + (f" ({words['promise']} {promise})" if promise else "")
        for text, promise in zip(texts, promises, strict=True)
    ]
    subject = words["one" if len(lines) == 1 else "more"].format(count=len(lines), name=name)
    return Letter(number, subject, "\n".join([words["new"], "", *lines, "", words["look"], ""]))
