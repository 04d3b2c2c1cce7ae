"""Passwords, tokens, cookies and keys, and the names of users."""

from __future__ import annotations

import re

from houvast.screening.engine import Judge, Rule, Span
from houvast.screening.keyed import EDGE, SIGN, Check, apart, here, key, near, value
from houvast.screening.kinds import Kind

_NOTHING: tuple[Span, ...] = ()
_NO_VALUE = re.compile(
    rb"(?:null|none|nil|true|false|undefined|unknown|empty|yes|no|n/a|string|required|optional|invalid|missing|redacted|hidden"
    rb"|secret|password|passwd|token|changed?|expired|incorrect|wrong|onjuist|verplicht|is|was|has|must|not|for|\(.*|[*x.#-]+|\$[{(].*"
    rb"|<[\w .:/-]{0,60}>.{0,3}|<%.*|[{\[].*|&\{.*|%[-+#]?[a-z]\W{0,3}|%[({]?\w{1,40}[)}]?[%s].{0,3}|:.*|https?://[^?]*|\\[nrt].*)\Z",
    re.I,
)
_BEHIND = b")]},.;:"
_DIGIT, _UPPER, _LOWER, _SIGN = (re.compile(b"[" + one + b"]") for one in (b"0-9", b"A-Z", b"a-z", b"+/="))


def _is_password(text: bytes) -> bool:
    return not _NO_VALUE.match(text) and not _NO_VALUE.match(text.rstrip(_BEHIND) or b"-")


def _is_argument(text: bytes) -> bool:
    return len(text) > 3 and text[:1] != b"-" and _is_password(text)


_TELLING = 512
"""So many bytes of a value show whether it is a token; in one line of keys without values each would be read to its end."""


def _is_token(text: bytes) -> bool:
    return _has_two_sorts(text[:_TELLING]) and _is_password(text)


def _has_two_sorts(text: bytes) -> bool:
    """Letters with figures, or small letters with large ones, or a sign of Base64 before a figure."""
    upper, lower, digit = _UPPER.search(text), _LOWER.search(text), _DIGIT.search(text)
    if digit and (upper or lower):
        return True
    if upper and lower and len(text) >= 16:
        return True
    sign = _SIGN.search(text)
    return bool(sign and _DIGIT.search(text, sign.end()))


_PASSWORD_KEY = rb"(?:pass(?:word|wd|phrase|code)|pwd|wachtwoord|mysql_pwd|geheim)"
_TOKEN_KEY = (
    rb"(?:secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|encryption[_-]?key|account[_-]?key|"
    rb"shared[_-]?access[_-]?key|auth[_-]?key|credentials?|signature|x-amz-(?:signature|credential|security-token)|"
    rb"sess(?:ion)?[_-]?(?:id|key|token)?|jsessionid|phpsessid|asp\.net_sessionid|[^a-z]s?sid|csrf[_-]?token|xsrf|otp|bearer|_auth|[\"']auth|(?:client-)?key-data)"
)
_AHEAD = rb"[=>]?[ \t]{0,3}(?:\[[ \t]?)?b?"
_QUOTED = re.compile(
    _AHEAD + rb"(?:([\"'])((?:\\[^\n]|\1\1|(?!\1)[^\\\n]){3,4096})\1|(\\{1,4}[\"'])((?:(?!(?<!\\)\3)[^\n]){3,4096})\3)"
)
"""In quotes; or in quotes that are written with strokes before them, within quotes."""
_BARE = re.compile(_AHEAD + rb"\\{0,4}[\"']?(?=\S{3})")
_BARE_END = re.compile(
    rb"\s|\\{0,4}[\"'](?=[\s,;:}\])>&|\\/<]|\Z)|<[/!?A-Za-z]|>(?=[\s<]|\Z)"
    rb"|[,;&|](?=[\s{}\[\]]|\Z|[\"']?[\w.-]{1,40}[\"'\\]{0,4}[ \t]?[=:])|\Z"
)
"""White space; and signs where they seem to part it from what follows: a password may hold any of them."""
_LONGEST, _SHORTEST = 4096, 3


def _kept_secret(check: Check) -> Judge:
    """What stands behind a key: up to the quote that ends it, or the white space. Keys without one in between share an end,
    which is looked for once."""
    last: tuple[bytes, int, int] = (b"", 0, 0)

    def bare(data: bytes, end: int) -> Span | None:
        nonlocal last
        found = _BARE.match(data, end)
        if not found:
            return None
        begin, known = found.end(), last
        if not (known[0] is data and known[1] <= begin < known[2]):
            stop = _BARE_END.search(data, begin)
            last = known = data, begin, stop.start() if stop else len(data)
        return (begin, min(known[2], begin + _LONGEST)) if begin + _SHORTEST <= known[2] else None

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        quoted = _QUOTED.match(data, end)
        span = quoted.span(2 if quoted[1] else 4) if quoted else bare(data, end)
        return (span,) if span and check(data[span[0] : span[1]]) else _NOTHING

    return judge


_TAG_VALUE = re.compile(rb"[^<>]{0,300}?\bvalue[ \t]?=[ \t]?([\"'])([^<>\n]{3,512}?)\1", re.I)
_ELEMENT = re.compile(rb"[^<>]{0,300}>\s{0,80}([^<>]{3,512}?)\s{0,80}</")


def _attribute(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    """In an element of XML of which the name, or an attribute, is the key: its attribute `value`, or what it holds."""
    tag = data.rfind(b"<", max(0, end - _AROUND), end)
    if tag < 0:
        return _NOTHING
    found = _TAG_VALUE.match(data, tag + 1)
    span = found.span(2) if found else None
    if span is None and (held := _ELEMENT.match(data, end)):
        span = held.span(1)
    return (span,) if span and _is_password(data[span[0] : span[1]]) else _NOTHING


_AROUND = 300
_VALUE_BEFORE = re.compile(
    rb"value[\"'\\]{0,4}[ \t]?[=:][ \t]?\\{0,4}([\"']?)([^<>{}\n]{3,256}?)\\{0,4}\1[ \t\r\n]{0,40}(?:[,\s]|\Z)", re.I
)


def _value_before(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
    """`{"value": "...", "name": "DB_PASSWORD"}`: the value stands before its name."""
    first = max(0, end - _AROUND)
    opened = max(data.rfind(b"{", first, end - 1), data.rfind(b"<", first, end - 1))
    found = _VALUE_BEFORE.search(data, max(opened, 0), end) if opened >= 0 else None
    return (found.span(2),) if found and _is_password(found[2]) else _NOTHING


_BELOW = re.compile(rb"[ \t]{0,80}[\"']?([^\s<{\[#\"'][^\s]{2,512}?)[\"']?[ \t]{0,40}(?:[\r\n<]|\Z)")
_NAMES_MORE = re.compile(rb"[\w.-]{1,64}[\"']?[:=]|-{1,3}\Z|[=~*_-]{3,}\Z|[\w.-]+>")


def _below(check: Check) -> Judge:
    """The one word on the line below a key: a block of YAML, an element of XML that was set out in lines."""

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        found = _BELOW.match(data, end)
        if not found or _NAMES_MORE.match(found[1]) or not check(found[1]):
            return _NOTHING
        return (found.span(1),)

    return judge


_COOKIE = re.compile(rb"[ \t]{0,3}(?:[\"'\\]{0,3})([^\r\n\"\\]{3,4096})")
_PAIR = re.compile(rb"(?<![\w.-])([\w.-]{1,64})=([^;\s,]{4,4096})")
_ATTRIBUTES = frozenset(b"path domain expires max-age samesite version priority partitioned".split())


def _cookies(data: bytes, _begin: int, end: int) -> list[Span]:
    found = _COOKIE.match(data, end)
    if not found:
        return []
    return [
        pair.span(2)
        for pair in _PAIR.finditer(data, found.start(1), found.end(1))
        if pair[1].lower() not in _ATTRIBUTES
    ]


_KEY_HEAD = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = b"-----END "
_KEY_LINE = re.compile(rb"[A-Za-z0-9+/=]{8,}")


def _private_key(data: bytes, _begin: int, end: int) -> list[Span]:
    """The lines between its head and its foot; without a foot, as many as look like it."""
    last = data.find(_KEY_END, end, end + 16384)
    spans: list[Span] = []
    at = end
    while found := _KEY_LINE.search(data, at, last if last > 0 else min(len(data), at + 120)):
        if last < 0 and (len(found[0]) < 24 or len(spans) > 200):
            break
        spans.append(found.span())
        at = found.end()
    return spans


_USER_INFO = re.compile(rb"//([^/\s:@\"'<>]{0,64}):([^/\s\"'<>]{1,128})@")


def _url_password(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _USER_INFO.match(data, begin)
    return (found.span(2),) if found and _is_password(found[2]) else _NOTHING


def _url_user(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
    found = _USER_INFO.match(data, begin)
    return (found.span(1),) if found and is_user(found[1]) else _NOTHING


_ROLES = frozenset(
    b"root admin administrator administrators system service services nobody daemon guest anonymous anonymousroot default public user users "
    b"unknown none null nil true false test tester operator postgres mysql oracle www-data apache nginx httpd tomcat jenkins "
    b"git svn ftp mail news uucp cyrus games bin sys sync lp adm halt shutdown sshd ntp named nova glance cinder neutron keystone "
    b"elasticsearch kibana logstash kafka zookeeper hadoop hdfs yarn spark hive mapred ubuntu centos fedora debian ec2-user core "
    b"vagrant docker kube kubelet kubernetes etcd deploy deployer backup monitor nagios zabbix prometheus rabbitmq redis mongodb "
    b"webmaster hostmaster postmaster support info sales noreply no-reply local localhost server client name id invalid illegal "
    b"appdata shared all any a an the this that is was has not and or for from by with at on in of to it as be no yes new same other each "
    b"account password login logout session email username userid uid process thread application app web api database db "
    b"klant gebruiker beheerder systeem medewerker middel een de het deze dit die u hem haar ons hen jou mij "
    b"subscription networkservice localservice trustedinstaller currentuser authenticated_user authenticated unauthenticated authentication use main.main "
    b"ipv4 ipv6 oauth2 http2 sha1 sha256 base64 utf8 md5 x509 i386".split()
)
_USER_SHAPE = re.compile(rb"[A-Za-z\x80-\xff][\w.\x80-\xff-]{1,63}\Z")
_UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16,}\Z", re.I)


_IN_TEXT = re.compile(rb"[a-z]{2,}[._][a-z]{2,}\d{0,4}\Z|[a-z]{3,}(?:[._-][a-z]+)?\d{1,4}\Z|[a-z]{2}\d{2}\Z", re.I)
_HOST = re.compile(rb"ip-\d|(?:[^-]*-){3}")


def is_user(text: bytes) -> bool:
    """Whether it is somebody's: not the name of a role, a program or the system itself."""
    low = text.lower().rstrip(b".-_")
    return (
        bool(_USER_SHAPE.match(text))
        and low not in _ROLES
        and not _UUID.match(low)
        and not low.startswith(b"system")
        and not _HOST.match(low)
    )


def _is_user_in_text(text: bytes) -> bool:
    """In running text: also not an ordinary word."""
    return is_user(text) and bool(_IN_TEXT.match(text))


_USER = rb"([A-Za-z\x80-\xff][\w.\x80-\xff-]{1,63})"
_NO_MORE = rb"(?![\w:@(/=]|\\(?![nrt\"'\\]))"
_USER_KEY = key(
    rb"(?:db|os|ssh|ldap|sql|remote|client|effective|e|r|target|subject|account|request|sam)?[_-]?user(?:[_-]?(?:name|id))?",
    rb"log(?:in|on)(?:[_-]?name)?", rb"logname", rb"gebruikers?(?:_?naam)?", rb"account(?:[_-]?name)?", rb"uid", rb"usr", rb"inlognaam",
    before=rb"(?:^|--|[^a-z0-9:/-])",
)  # fmt: skip
_HOST_PART = rb"-(?:laptop|desktop|pc|mac|macbook(?:-pro|-air)?|imac|mbp|notebook|iphone|ipad|android|phone|workstation|ws|thinkpad|surface)"

_TOKENS = (
    rb"eyJ[A-Za-z0-9_-]{10}", rb"(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{16}", rb"gh[opusr]_[A-Za-z0-9]{36}",
    rb"github_pat_[A-Za-z0-9_]{40}", rb"glpat-[\w-]{20}", rb"xox[abeoprs]-[A-Za-z0-9-]{10}", rb"AIza[\w-]{35}",
    rb"[srp]k_(?:live|test)_[A-Za-z0-9]{16}", rb"SG\.[\w-]{22}\.[\w-]{16}", rb"npm_[A-Za-z0-9]{36}",
    rb"pypi-AgE[\w-]{50}", rb"dop_v1_[a-f0-9]{64}", rb"ya29\.[\w-]{20}", rb"hv[sbr]\.[\w-]{24}",
    rb"sha256~[\w-]{43}", rb"sk-[A-Za-z0-9_-]{32}",
)  # fmt: skip
_MARKED = (
    rb"AGE-SECRET-KEY-1[A-Z0-9]{50}", rb"hooks\.slack\.com/services/T[A-Z0-9]{8}",
    rb"\$(?:2[aby]|5|6|y|1|argon2id?)\$[./A-Za-z0-9$=,]{20}",
)  # fmt: skip
_GOES_ON = rb"(?:[\w./~+$=,-]*[\w/$=-])?"

RULES = (
    *(Rule(Kind.SECRET, 98, EDGE + shape, apart(here(shape + _GOES_ON)), begins=True) for shape in _TOKENS),
    *(Rule(Kind.SECRET, 98, shape, here(shape + _GOES_ON), begins=True) for shape in _MARKED),
    Rule(Kind.SECRET, 98, rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----", _private_key),
    Rule(Kind.SECRET, 96, _PASSWORD_KEY + SIGN, _kept_secret(_is_password), caseless=True),
    Rule(
        Kind.SECRET, 92, rb"(?:" + _PASSWORD_KEY + rb"|" + _TOKEN_KEY + rb")[\"'\\]{0,3}[,\r\n][ \t\r\n]{0,24}[\"'\\]{0,3}value" + SIGN,
        _kept_secret(_is_password), caseless=True,
    ),
    Rule(Kind.SECRET, 92, _PASSWORD_KEY + rb"[\"'\\]{0,2}[ \t]{1,3}[a-z:_.-]{1,24}[ \t]?=", _attribute, caseless=True),
    Rule(Kind.SECRET, 92, _PASSWORD_KEY + rb"[\"'\\]{1,4}[ \t\r\n]{0,3}(?:/?>|[},])", _value_before, caseless=True),
    Rule(Kind.SECRET, 90, _PASSWORD_KEY + SIGN + rb"[ \t]{0,3}[|>]?[+-]?[ \t]{0,3}\r?\n", _below(_is_argument), caseless=True),
    Rule(Kind.SECRET, 90, _TOKEN_KEY + SIGN + rb"[ \t]{0,3}[|>]?[+-]?[ \t]{0,3}\r?\n", _below(_is_token), caseless=True),
    Rule(Kind.SECRET, 93, rb"\s-u [^\s:]{1,64}:\S{3}", near(rb"\s-u [^\s:]{1,64}:([^\s\"']{3,128})", 80, _is_password)),
    Rule(Kind.SECRET, 93, _TOKEN_KEY + SIGN, _kept_secret(_is_token), caseless=True),
    Rule(
        Kind.SECRET, 93, rb"(?:^|\s)--?(?:password|passwd|token|secret|api-?key|pass)[ ]", _kept_secret(_is_argument), caseless=True,
    ),
    Rule(
        Kind.SECRET, 93, rb"(?:identified by|password is|wachtwoord is|ww is|with password|encrypted password) ",
        _kept_secret(_is_argument), caseless=True,
    ),
    Rule(
        Kind.SECRET, 97, rb"\b(?:bearer|basic|digest|negotiate|apikey|aws4-hmac-sha256) +[A-Za-z0-9._~+/=-]{8}",
        near(rb"(?:bearer|basic|digest|negotiate|apikey|sha256) +([A-Za-z0-9._~+/=-]{8,8192})", 48, _is_token, re.I, ahead=8192), caseless=True,
    ),
    Rule(Kind.SECRET, 97, rb"\b(?:set-)?cookie2?[\"'\\]{0,3} ?[:=]", _cookies, caseless=True),
    Rule(Kind.SECRET, 97, rb"//[^/\s:@\"'<>]{0,64}:[^/\s\"'<>@]{1,128}@", _url_password, begins=True),
    Rule(Kind.USERNAME, 90, rb"//[^/\s:@\"'<>]{0,64}:[^/\s\"'<>@]{1,128}@", _url_user, begins=True),
    Rule(Kind.USERNAME, 88, _USER_KEY, value(_USER + _NO_MORE, is_user), caseless=True),
    Rule(Kind.USERNAME, 92, rb"/(?:home|Users)/[A-Za-z]", near(rb"/(?:home|Users)/" + _USER, 12, is_user)),
    Rule(
        Kind.USERNAME, 92, rb"(?:Users|Documents and Settings)[\\/]{1,4}[A-Za-z]",
        near(rb"(?:Users|Settings)[\\/]{1,4}([A-Za-z\x80-\xff][\w.\x80-\xff-]{1,63}(?: [A-Z][a-z]+)?)(?=[\\/\"'\s]|\Z)", 16, is_user),
    ),
    Rule(
        Kind.USERNAME, 85, rb"\b(?:for|user|invalid user|illegal user|logname) [A-Za-z][\w.-]{1,31} (?:from|by|on|logged)\b",
        near(rb"(?:for|user|logname) ([A-Za-z][\w.-]{1,31}) (?:from|by|on|logged)\b", 56, is_user),
    ),
    Rule(
        Kind.USERNAME, 85, rb"(?:\bpassword|session (?:opened|closed)|logged in|login|sign(?:ed)? in) (?:for |as |user |of ){1,2}[A-Za-z]",
        near(rb"(?:password|opened|closed|in|login) (?:for |as |user |of ){1,2}([A-Za-z][\w.-]{1,31})(?![\w@(/=])", 24, is_user),
    ),
    Rule(Kind.USERNAME, 90, rb"\bsudo(?:\[\d{1,7}\])?: {1,4}[a-z]", near(rb"sudo(?:\[\d{1,7}\])?: {1,4}([a-z][\w.-]{1,31}) :", 20, is_user)),
    Rule(Kind.USERNAME, 90, rb"\b[ug]id=\d{1,10}\([A-Za-z]", near(rb"id=\d{1,10}\(([A-Za-z][\w.-]{1,31})\)", 18, is_user)),
    Rule(Kind.USERNAME, 80, rb"\b[A-Z][A-Z0-9-]{1,14}\\{1,2}[a-z]", near(rb"\\([a-z][\w.-]{2,31})(?![\w\\:(])", 2, _is_user_in_text)),
    Rule(
        Kind.USERNAME, 80, rb"\b(?:door|by|gebruiker|user|als|as|medewerker|account) [\"']?[a-z][a-z0-9._-]{2}",
        near(rb"\b(?:door|by|gebruiker|user|als|as|medewerker|account) [\"']?([a-z][\w.-]{2,31}\w)(?![\w.@/(:=-])", 16, _is_user_in_text),
    ),
    Rule(
        Kind.USERNAME, 75, rb"(?:[a-z]+(?:t|d|en) door|(?:logged in|created|changed|modified|opened|viewed|updated|deleted|approved|requested) by) [a-z]",
        near(rb"(?:door|by) ([a-z][\w.-]{3,31}\w)\.?(?=[\r\n]|\Z)", 6, is_user),
    ),
    Rule(Kind.USERNAME, 85, rb"[a-z0-9]" + _HOST_PART + rb"\b", near(rb"(?<![0-9A-Za-z.-])([a-z][\w.]{1,40})" + _HOST_PART + rb"\b", 60, is_user, re.I), caseless=True),
    Rule(
        Kind.USERNAME, 90, rb"(?:\d|[0-9a-f]:|[a-z]) - [A-Za-z][\w.@-]{1,63} \[\d{2}/[A-Z][a-z]{2}/",
        near(rb" - ([A-Za-z][\w.@-]{1,63}) \[\d{2}/[A-Z][a-z]{2}/", 80, is_user),
    ),
    Rule(Kind.USERNAME, 85, rb"\bS-1-5-21(?:-\d{1,10}){3,4}\b", here(rb"S-1-5-21(?:-\d{1,10}){3,4}"), begins=True),
)  # fmt: skip
