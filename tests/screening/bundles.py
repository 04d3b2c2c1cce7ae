"""Bundles made for tests: the ways in which a value can be in one, and what people make to exhaust who reads them."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import quopri
import sqlite3
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from typing import Literal
from urllib.parse import quote

import py7zr
from backports import zstd as packing

from houvast.screening import Screener
from houvast.screening.bundle import Limits, Member, walk

SCREENER = Screener()
VALUE = "piet.bakker@voorbeeldbedrijf.nl"
LINE = f"2026-11-20 10:00:01 export started by {VALUE} rows=88210\n"


def looked(data: bytes, name: str = "bundle", limits: Limits | None = None) -> list[Member]:
    return list(walk(io.BytesIO(data), name, SCREENER, limits))


def tar(files: Mapping[str, bytes], mode: Literal["w", "w:gz", "w:xz"] = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        archive.comment = comment
    return out.getvalue()


def streamed_zip(files: Mapping[str, bytes]) -> bytes:
    """With the sizes behind the entries, as programs write that cannot go back."""
    out = io.BytesIO()

    class Pipe:
        def write(self, data: bytes) -> int:
            return out.write(data)

        def flush(self) -> None:
            pass

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def seven_zipped(files: Mapping[str, bytes], password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, content in files.items():
            archive.writestr(content, name)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return packing.compress(data)


PACKINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
    "two gzips": lambda data: gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :]),
    "zip": lambda data: zipped({"a.log": data}),
    "zip, stored": lambda data: zipped({"a.log": data}, zipfile.ZIP_STORED),
    "zip, bzip2": lambda data: zipped({"a.log": data}, zipfile.ZIP_BZIP2),
    "zip, streamed": lambda data: streamed_zip({"a.log": data}),
    "tar": lambda data: tar({"a.log": data}),
    "tar.gz": lambda data: tar({"a.log": data}, "w:gz"),
    "7z": lambda data: seven_zipped({"a.log": data}),
    "zip in tar.xz in 7z": lambda data: seven_zipped({"a": tar({"b.tar": zipped({"c": data})}, "w:xz")}),
}


def database(text: str) -> bytes:
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, line TEXT, size INTEGER)")
    made.executemany("INSERT INTO event (line, size) VALUES (?, ?)", [("nothing", 1), (text, 2), ("x" * 9000, 3)])
    made.commit()
    return bytes(made.serialize())


def docx(text: str) -> bytes:
    """A document in which a word processor cut the value in two."""
    half = len(text) // 2
    body = f'<w:p><w:r><w:t>{text[:half]}</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">{text[half:]}</w:t></w:r></w:p>'
    return zipped(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": f"<w:document>{body}</w:document>".encode()}
    )


def xlsx(text: str) -> bytes:
    return zipped({"xl/sharedStrings.xml": f"<sst><si><t>size</t></si><si><t>{text}</t></si></sst>".encode()})


def mail(text: str, *, attached: bool) -> bytes:
    message = EmailMessage()
    message["Subject"] = "Error in the export"
    if attached:
        message.set_content("See the file.")
        message.add_attachment(zipped({"a.log": text.encode() * 30}), "application", "zip", filename="logs.zip")
    else:
        message.set_content(f"caf\u00e9 {text} " * 20, cte="base64")
    return message.as_bytes()


def capture(payload: bytes) -> bytes:
    """One TCP packet over Ethernet from 10.1.2.3 to 10.1.2.4 (pcap 2.4)."""
    ip = b"\x45\0" + struct.pack(">H", 40 + len(payload)) + bytes(5) + b"\x06\0\0" + bytes([10, 1, 2, 3, 10, 1, 2, 4])
    packet = bytes.fromhex("0200aabbcc010200aabbcc020800") + ip + bytes(20) + payload
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return head + struct.pack("<IIII", 0, 0, len(packet), len(packet)) + packet


def _lines(data: bytes, indent: bytes = b"") -> bytes:
    return b"".join(indent + line + b"\n" for line in base64.encodebytes(data).splitlines())


ENCODINGS: Mapping[str, Callable[[str], bytes]] = {
    "UTF-8": str.encode,
    "Latin-1": lambda text: ("caf\u00e9 " + text).encode("latin-1"),
    "UTF-16 with a mark": lambda text: text.encode("utf-16"),
    "UTF-16, little end": lambda text: text.encode("utf-16-le"),
    "UTF-16, big end": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-16 in other bytes": lambda text: b"plain text\n" * 40 + text.encode("utf-16-le") + b"\nmore",
    "URL": lambda text: b"GET /x?u=" + quote(text, safe="").encode() + b" HTTP/1.1\n",
    "URL, twice": lambda text: b"GET /x?u=" + quote(quote(text, safe=""), safe="").encode() + b"\n",
    "URL, every letter": lambda text: b"u=" + b"".join(b"%%%02x" % one for one in text.strip().encode()) + b"\n",
    "JSON, escaped": lambda text: ('{"a": "' + "".join(f"\\u{ord(one):04x}" for one in text.strip()) + '"}').encode(),
    "JSON in JSON": lambda text: ('{"a": "{\\"b\\": \\"' + text.strip().replace("@", "\\\\u0040") + '\\"}"}').encode(),
    "Python": lambda text: ("'" + text.strip().replace("@", "\\x40") + "'").encode(),
    "HTML, decimal": lambda text: "".join(f"&#{ord(one)};" for one in text.strip()).encode(),
    "HTML, hexadecimal": lambda text: text.strip().replace("@", "&#x40;").replace(".", "&period;").encode(),
    "quoted-printable": lambda text: quopri.encodestring(("caf\u00e9 " * 8 + text).encode()).replace(b"@", b"=40"),
    "encoded word, base64": lambda text: b"Subject: =?utf-8?B?" + base64.b64encode(text.encode()) + b"?=\n",
    "encoded word, quoted": lambda text: (
        b"From: =?utf-8?Q?" + text.strip().replace("@", "=40").replace(" ", "_").encode() + b"?=\n"
    ),
    "Base64": lambda text: b"data: " + base64.b64encode(text.encode()) + b"\n",
    "Base64, of a URL": lambda text: b"t=" + base64.urlsafe_b64encode(("\u00ff\u00fe\u00ff?>" + text).encode()) + b"\n",
    "Base64 behind a stroke": lambda text: b"/api/v1/" + base64.b64encode(text.encode()) + b"\n",
    "Base64 in lines": lambda text: b"body:\n" + _lines(text.encode() * 9),
    "Base64 in YAML": lambda text: b"data: |\n" + _lines(text.encode() * 9, b"    "),
    "Base64 of Base64": lambda text: base64.b64encode(base64.b64encode(text.encode())),
    "Base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "gzip in Base64": lambda text: b"release: " + base64.b64encode(gzip.compress(text.encode())) + b"\n",
    "SQLite": database,
    "docx": docx,
    "xlsx": xlsx,
    "mail": lambda text: mail(text, attached=False),
    "zip in mail": lambda text: mail(text, attached=True),
}
"""Ways of writing a text, each of which must be seen through, in what can be written again."""

UNWRITTEN: Mapping[str, Callable[[str], bytes]] = {
    "network capture": lambda text: capture(text.encode()),
    "memory image": lambda text: (
        b"\x7fELF\x02\x01\x01\x00" + bytes(8) + b"\x04\x00" + bytes(range(256)) * 40 + text.encode() + bytes(99)
    ),
    "memory image, UTF-16": lambda text: b"\x7fELF" + bytes(range(256)) * 9 + text.encode("utf-16-le") + bytes(99),
    "picture": lambda text: b"\xff\xd8\xff\xe1" + bytes(range(256)) * 9 + text.encode() + b"\xff\xd9",
    "PDF": lambda text: b"%PDF-1.7\n" + text.encode() + zlib.compress(bytes(999)),
}
"""The same, in what is looked through for plain text, and left out of what is written."""


def bomb(size: int = 64 << 20) -> bytes:
    return b"\0" * size
