"""Goes through a bundle: every file in every archive, once, as it comes; and writes it again when it is asked to.

Nothing is extracted to disk and no name in it is ever opened. What cannot be read is named, never passed over.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Generator
from dataclasses import dataclass

from houvast.screening.bundle import tars, zips
from houvast.screening.bundle.captures import CAPTURE, capture
from houvast.screening.bundle.databases import sqlite
from houvast.screening.bundle.forms import HEAD, PACKED, Form, closed_because, form_of, width_of
from houvast.screening.bundle.limits import Budget, Limits, Unreadable
from houvast.screening.bundle.looking import Looking
from houvast.screening.bundle.members import Member, leads_out
from houvast.screening.bundle.sevenzips import unpacked_seven_zip, written_seven_zip
from houvast.screening.bundle.spans import rewritten
from houvast.screening.bundle.spools import spooled
from houvast.screening.bundle.stand_ins import Pseudonyms
from houvast.screening.bundle.tap import Tap
from houvast.screening.bundle.texts import Seen, Text, Wide
from houvast.screening.bundle.unpacking import Unpacking, packer
from houvast.screening.finding import Finding
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener

LEFT_OUT = b"houvast-left-out.txt"
"""The file in what was written that says what is not in it."""
_TAKEN_OUT = b"left out: not screened"
_OUTSIDE = "its name leads out of the archive"
_ARCHIVES = (Form.TAR, Form.ZIP, Form.SEVEN_ZIP)
_REMEMBERED, _SHORT = 10_000, 256
"""Labels that are remembered, so that they count once, and how long they are at most."""
UNREAD = "it could not be read"
_NO_REDACTION = "what was found in it cannot be taken out of a file of its kind"

Sink = Callable[[bytes], object]
Fit = bool
"""Whether what was written of a file may stay."""


@dataclass(slots=True)
class _File:
    """A file that is being looked at: its path in the bundle, and how many archives it is in."""

    path: bytes
    depth: int
    seen: Seen
    shown: str
    in_path: Counter[Kind]
    size: int = 0
    is_archive: bool = False


class Walk:
    """One walk through one bundle. With `pseudonyms` it writes too; `shown`: lines with findings to keep of a file.

    `only`: the place of one file among all that are told, from 0; the others are gone over without a look into them,
    and it ends once enough lines of that one are kept.
    """

    def __init__(
        self,
        screener: Screener,
        limits: Limits,
        pseudonyms: Pseudonyms | None = None,
        *,
        shown: int = 0,
        only: int | None = None,
        budget: Budget | None = None,
    ) -> None:
        self._only, self._place, self._inside = only, 0, 0
        self.budget = budget or Budget(limits)
        self._limits = limits
        self._shown = shown
        self._pseudonyms = pseudonyms
        self._here: list[_File] = []
        self.left_out: list[tuple[str, str]] = []
        self.fit = False
        self.looking = Looking(screener, pseudonyms, self._embedded, limits.depth)

    def file(
        self, tap: Tap, path: bytes, depth: int = 0, sink: Sink | None = None, closed: str = ""
    ) -> Generator[Member, None, Fit]:
        """Go through one file, whatever it is; `closed`: why it is not fit, whatever is in it. Raises Hostile."""
        self.budget.member()
        outer = self.looking.begin()
        here = self._named(path, depth, Seen(closed=closed))
        self._here.append(here)
        fit = False
        try:
            fit = yield from self._any(tap, here, sink)
        except Unreadable as why:
            here.seen.closed = here.seen.closed or str(why)
        finally:
            self._here.pop()
            here.seen.closed = here.seen.closed or self.looking.why
            self.looking.back(outer)
        fit = fit and not here.seen.closed
        if self._pseudonyms and not fit and len(self._here):
            self._leave_out(path, here.seen.closed or _NO_REDACTION)
        yield self._told(here)
        return fit

    @property
    def _is_passed(self) -> bool:
        """Whether the file that is told next is not looked into."""
        return self._only is not None and not self._inside and self._place != self._only

    def _any(self, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member, None, Fit]:
        head = tap.peek(HEAD)
        form = form_of(head)
        if form in (*PACKED, *_ARCHIVES) and here.depth >= self._limits.depth:
            raise Unreadable("there are more archives in archives than are looked through")
        if form in PACKED:
            return (yield from self._packed(form, tap, here, sink))
        if form in _ARCHIVES:
            return (yield from self._archive(form, tap, here, sink))
        if self._is_passed:
            tap.drain()
            return False
        if form in {Form.SQLITE, Form.CAPTURE}:
            return self._document(form, tap, here, sink)
        if form is Form.CLOSED:
            here.seen.closed = closed_because(head)
            self._text(tap, here, None, shown=0)
            return False
        return self._text(tap, here, sink, width_of(head) if form is Form.WIDE else "")

    def _text(self, tap: Tap, here: _File, sink: Sink | None, width: str = "", shown: int | None = None) -> Fit:
        text = Text(self.looking, here.seen, here.depth, width=width, shown=self._shown if shown is None else shown)
        through = Wide(text, width, here.seen, self.looking, here.depth) if width else text
        while not self._has_enough(here) and (data := tap.read()):
            here.size += len(data)
            if (made := through.feed(data)) and sink:
                sink(made)
            self.budget.in_time()
        if (made := through.close()) and sink:
            sink(made)
        return True

    def _has_enough(self, here: _File) -> bool:
        """Whether the lines are there for which alone a file is looked into."""
        return self._only is not None and not self._inside and len(here.seen.excerpts) >= self._shown

    def _document(self, form: Form, tap: Tap, here: _File, sink: Sink | None) -> Fit:
        new = None
        if form is Form.CAPTURE:
            here.size, found = capture(tap, self.looking)
            here.seen.closed = here.seen.closed or CAPTURE
        else:
            data = tap.whole(self._limits.held)
            here.size = len(data)
            found, new = sqlite(data, self.looking, rewrite=sink is not None)
        for one in found:
            here.seen.add(one)
        if sink and new:
            sink(new)
        return new is not None

    def _packed(self, form: Form, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member, None, Fit]:
        """What is packed is one with its package: `a.tar.gz` is an archive, `a.log.gz` a text."""
        inside = Unpacking(form, tap, self.budget, lambda label: self._label(label, here))
        content = Tap(inside.read)
        packing = packer(form) if sink else None

        def pack(data: bytes) -> None:
            if sink and packing and (made := packing.compress(data)):
                sink(made)

        here.depth += 1
        try:
            fit = yield from self._any(content, here, pack if sink else None)
        finally:
            if sink and packing:
                sink(packing.flush())
        return fit

    def _archive(self, form: Form, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member, None, Fit]:
        here.is_archive = True
        match form:
            case Form.TAR:
                yield from self._tar(tap, here, sink)
            case Form.ZIP:
                yield from self._zip(tap, here, sink)
            case _:
                yield from self._seven_zip(tap, here, sink)
        return True

    def _tar(self, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member]:
        writer = tars.Writer(sink) if sink else None
        said: set[bytes] = set()

        def label(one: bytes) -> None:  # owners are said of every file
            if one not in said:
                self._label(one, here)
                if len(said) < _REMEMBERED and len(one) < _SHORT:
                    said.add(one)

        try:
            for entry, content in tars.entries(tap, label):
                name = self._inner(here, entry.name)
                if entry.is_folder:
                    self._folder(entry.name, here)
                    if writer and not leads_out(entry.name):
                        writer.add(self._new(entry.name).rstrip(b"/") + b"/", entry, 0)
                elif entry.is_link:
                    yield from self._link(entry, name, here, writer)
                else:
                    closed = entry.closed or (_OUTSIDE if leads_out(entry.name) else "")
                    with spooled(writer) as spool:
                        fit = yield from self.file(content, name, here.depth + 1, spool and spool.write, closed)
                        if writer and spool and fit:
                            writer.add(self._new(entry.name), entry, spool.size, spool.pieces())
        except Unreadable as why:
            self._leave_out(here.path, f"the rest of it: {why}")
            raise
        finally:
            if writer:
                if notes := self.notes() if len(self._here) == 1 else b"":
                    writer.add(LEFT_OUT, None, len(notes), [notes])
                writer.close()

    def _link(self, entry: tars.Entry, name: bytes, here: _File, writer: tars.Writer | None) -> Generator[Member]:
        """A link is never followed. What it names stands in the bundle by itself, or is none of it."""
        self.budget.member()
        target = self._named(name, here.depth + 1, Seen())
        for span in self.looking.whole(entry.link):
            for one in span.found:
                target.seen.add(one)
        folder = b"" if entry.info.islnk() else entry.name.rpartition(b"/")[0]
        whole = folder + b"/" + entry.link if folder else entry.link
        outside = leads_out(entry.name) or leads_out(whole, entry.link)
        if outside:
            self._leave_out(name, "it is a link that leads out of the archive")
        elif writer:
            writer.add(self._new(entry.name), entry, 0, link=self._new(entry.link))
        yield self._told(target)

    def _zip(self, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member]:
        archive = zips.Zip(tap, self.budget, lambda label: self._label(label, here))
        out = zips.Unseekable(sink) if sink else None
        writer = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) if out else None
        try:
            for entry, content in archive.entries():
                if entry.is_folder:
                    self._folder(entry.name, here)
                    continue
                name = self._inner(here, entry.name)
                closed = entry.closed or (_OUTSIDE if leads_out(entry.name) else "")
                with spooled(writer) as spool:
                    fit = yield from self.file(content, name, here.depth + 1, spool and spool.write, closed)
                    if writer and spool and fit:
                        info = zips.written_info(self._new(entry.name), entry.when, spool.size)
                        with writer.open(info, "w") as target:
                            for data in spool.pieces():
                                target.write(data)
            here.seen.closed = here.seen.closed or (archive.problems[0] if archive.problems else "")
        except Unreadable as why:
            self._leave_out(here.path, f"the rest of it: {why}")
            raise
        finally:
            if writer:
                if notes := self.notes() if len(self._here) == 1 else b"":
                    writer.writestr(LEFT_OUT.decode(), notes)
                writer.close()

    def _seven_zip(self, tap: Tap, here: _File, sink: Sink | None) -> Generator[Member]:
        data = tap.whole(self._limits.held)
        kept: list[tuple[bytes, bytes]] = []
        for name, content in unpacked_seven_zip(data, self.budget, lambda name: self._folder(name, here)):
            closed = _OUTSIDE if leads_out(name) else ""
            with spooled(sink) as spool:
                fit = yield from self.file(
                    Tap(io.BytesIO(content).read),
                    self._inner(here, name),
                    here.depth + 1,
                    spool and spool.write,
                    closed,
                )
                if spool and fit:
                    kept.append((self._new(name), b"".join(spool.pieces())))
        if sink:
            if len(self._here) == 1 and (notes := self.notes()):
                kept.append((LEFT_OUT, notes))
            sink(written_seven_zip(kept))

    def _embedded(self, payload: bytes, depth: int) -> tuple[bytes | None, tuple[Finding, ...]]:
        """What is packed in Base64 in a text, or in a cell of a database: its findings are those of what it is in."""
        out = io.BytesIO() if self._pseudonyms else None
        path, left_out = self._here[-1].path, len(self.left_out)
        self._inside += 1
        try:
            members, fit = _drained(self.file(Tap(io.BytesIO(payload).read), path, depth, out.write if out else None))
        finally:
            self._inside -= 1
        del self.left_out[left_out:]
        found = tuple(
            Finding(0, 0, kind, 90) for one in members for kind, count in one.counts.items() for _ in range(count)
        )
        if why := next((one.not_screened for one in members if one.not_screened), None):
            self._here[-1].seen.within = f"what is packed in it: {why}"
            if out is not None:
                self._leave_out(path, self._here[-1].seen.within)
        if out is None or (fit and not found):
            return None, found
        return (out.getvalue() if fit else _TAKEN_OUT), found

    def notes(self) -> bytes:
        """What the file says that lists what was left out; nothing when nothing was."""
        if not self.left_out:
            return b""
        lines = (f"{' '.join(path.split())}: {why}" for path, why in self.left_out)
        return (
            "Left out of this archive, because it could not be screened or redacted:\n" + "\n".join(lines) + "\n"
        ).encode()

    def _told(self, here: _File) -> Member:
        seen = here.seen
        self._place += not self._inside
        return Member(
            here.shown,
            here.size,
            tuple(seen.found),
            seen.counts + here.in_path,
            here.in_path,
            seen.closed or seen.within or None,
            tuple(seen.excerpts),
            here.is_archive,
        )

    def shown_path(self, path: bytes) -> tuple[str, Counter[Kind]]:
        """A path in which what is personal is replaced by its kind, and how much was."""
        if self._is_passed:
            return "", Counter()
        spans = self.looking.name(path)
        shown = rewritten(path, spans, 0, lambda kind, _: f"[{kind}]".encode(), plainly=True)
        return shown.decode("utf-8", "replace"), Counter(one.kind for span in spans for one in span.found)

    def _leave_out(self, path: bytes, why: str) -> None:
        self.left_out.append((self.shown_path(path)[0], why))

    def _inner(self, here: _File, name: bytes) -> bytes:
        return name if len(self._here) == 1 else here.path + b"/" + name

    def _new(self, name: bytes) -> bytes:
        return rewritten(name, self.looking.name(name), 0, self.looking.stand_in)

    def _named(self, path: bytes, depth: int, seen: Seen) -> _File:
        return _File(path, depth, seen, *self.shown_path(path))

    def _folder(self, name: bytes, here: _File) -> None:
        """A folder is no file, and has a name."""
        self.budget.member()
        self._label(name, here)

    def _label(self, label: bytes, here: _File) -> None:
        """A name, comment or attribute that an archive keeps beside its files."""
        for span in self.looking.name(label) if label and self._only is None else ():
            for one in span.found:
                here.seen.add(one)

    def unread(self, path: bytes) -> Member:
        """A file that could not be read at all."""
        here = self._named(path, 0, Seen(closed=UNREAD))
        return self._told(here)


def _drained(walk: Generator[Member, None, Fit]) -> tuple[list[Member], Fit]:
    members: list[Member] = []
    while True:
        try:
            members.append(next(walk))
        except StopIteration as end:
            return members, bool(end.value)
