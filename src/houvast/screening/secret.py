"""Passwords, tokens, cookies and keys, and the names of users."""

from __future__ import annotations

import re

from houvast.screening.engine import Judge, Rule, Span
from houvast.screening.keyed import SIGN, Check, here, key, near, value
from houvast.screening.kinds import Kind

_NOTHING: tuple[Span, ...] = ()
_NO_VALUE = re.compile(
    rb"(?:null|none|nil|true|false|undefined|unknown|empty|yes|no|n/a|string|required|optional|invalid|missing|redacted|hidden"
    rb"|secret|password|passwd|token|changed?|expired|incorrect|wrong|onjuist|verplicht|is|was|has|must|not|for|\(.*|[*x.#-]+|\$[{(].*"
    rb"|[<{\[(%&].*|:.*|https?://[^?]*|\\[nrt].*)\Z",
    re.I,
)
_TWO_SORTS = re.compile(rb"(?=.*\d)(?=.*[A-Za-z])|(?=.*[A-Z])(?=.*[a-z]).{16}|[^+/=\n]*[+/=].*\d")


def _is_password(text: bytes) -> bool:
    return not _NO_VALUE.match(text)


def _is_token(text: bytes) -> bool:
    return bool(_TWO_SORTS.match(text)) and not _NO_VALUE.match(text)


_PASSWORD_KEY = rb"(?:pass(?:word|wd|phrase)|pwd|wachtwoord|mysql_pwd|geheim)"
_TOKEN_KEY = (
    rb"(?:secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|secret[_-]?key|private[_-]?key|encryption[_-]?key|account[_-]?key|"
    rb"shared[_-]?access[_-]?key|auth[_-]?key|credentials?|signature|x-amz-(?:signature|credential|security-token)|"
    rb"sess(?:ion)?[_-]?(?:id|key|token)?|jsessionid|phpsessid|asp\.net_sessionid|[^a-z]s?sid|csrf[_-]?token|xsrf|otp|bearer)"
)
_QUOTED = re.compile(rb"[=>]?[ \t]{0,3}b?\\?([\"'])((?:(?!\\?\1)[^\n]){3,4096})\\?\1")
_BARE = re.compile(rb"[=>]?[ \t]{0,3}([^\s\"'<>,;&\\]{3,4096})")


def _kept_secret(check: Check) -> Judge:
    """What stands behind a key: up to the quote that ends it, or the white space."""

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        quoted = _QUOTED.match(data, end)
        group = 2 if quoted else 1
        found = quoted or _BARE.match(data, end)
        return (found.span(group),) if found and check(found[group]) else _NOTHING

    return judge


_COOKIE = re.compile(rb"[ \t]{0,3}(?:[\"'\\]{0,3})([^\r\n\"\\]{3,4096})")
_PAIR = re.compile(rb"([\w.-]{1,64})=([^;\s,]{4,4096})")
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


_USER_INFO = re.compile(rb"//([^/\s:@\"'<>]{1,64}):([^/\s\"'<>]{1,128})@")


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
_NO_MORE = rb"(?![\w:@(/\\=])"
_USER_KEY = key(
    rb"(?:db|os|ssh|ldap|sql|remote|client|effective|e|r|target|subject|account|request|sam)?[_-]?user(?:[_-]?(?:name|id))?",
    rb"log(?:in|on)(?:[_-]?name)?", rb"logname", rb"gebruikers?(?:_?naam)?", rb"account(?:[_-]?name)?", rb"uid", rb"usr", rb"inlognaam",
    before=rb"(?:^|--|[^a-z0-9:/-])",
)  # fmt: skip
_HOST_PART = rb"-(?:laptop|desktop|pc|mac|macbook(?:-pro|-air)?|imac|mbp|notebook|iphone|ipad|android|phone|workstation|ws|thinkpad|surface)"

_TOKENS = (
    rb"\beyJ[A-Za-z0-9_-]{10}", rb"\b(?:AKIA|ASIA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{16}\b", rb"\bgh[opusr]_[A-Za-z0-9]{36}",
    rb"\bgithub_pat_[A-Za-z0-9_]{40}", rb"\bglpat-[\w-]{20}", rb"\bxox[abeoprs]-[A-Za-z0-9-]{10}", rb"\bAIza[\w-]{35}",
    rb"\b[srp]k_(?:live|test)_[A-Za-z0-9]{16}", rb"\bSG\.[\w-]{22}\.[\w-]{16}", rb"\bnpm_[A-Za-z0-9]{36}",
    rb"\bpypi-AgE[\w-]{50}", rb"\bdop_v1_[a-f0-9]{64}", rb"\bya29\.[\w-]{20}", rb"\bhv[sbr]\.[\w-]{24}",
    rb"\bsha256~[\w-]{43}", rb"\bsk-[A-Za-z0-9_-]{32}", rb"AGE-SECRET-KEY-1[A-Z0-9]{50}",
    rb"hooks\.slack\.com/services/T[A-Z0-9]{8}", rb"\$(?:2[aby]|5|6|y|1|argon2id?)\$[./A-Za-z0-9$=,]{20}",
)  # fmt: skip
_GOES_ON = rb"(?:[\w./~+$=,-]*[\w/$=-])?"

RULES = (
    *(Rule(Kind.SECRET, 98, shape, here(shape + _GOES_ON), begins=True) for shape in _TOKENS),
    Rule(Kind.SECRET, 98, rb"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----", _private_key),
    Rule(Kind.SECRET, 96, _PASSWORD_KEY + SIGN, _kept_secret(_is_password), caseless=True),
    Rule(Kind.SECRET, 93, _TOKEN_KEY + SIGN, _kept_secret(_is_token), caseless=True),
    Rule(
        Kind.SECRET, 93, rb"(?:^|\s)--?(?:password|passwd|token|secret|api-?key|pass)[ ]", value(rb"([^\s\"'<>-][^\s\"'<>]{3,512})", _is_password), caseless=True,
    ),
    Rule(
        Kind.SECRET, 93, rb"(?:identified by|password is|wachtwoord is|ww is|with password|encrypted password) ['\"]?[^\s]",
        near(rb"(?:by|is|password) [\"']?([^\s\"']{4,128})", 24, _is_password, re.I, ahead=128), caseless=True,
    ),
    Rule(
        Kind.SECRET, 97, rb"\b(?:bearer|basic|digest|negotiate|apikey|aws4-hmac-sha256) +[A-Za-z0-9._~+/=-]{8}",
        near(rb"(?:bearer|basic|digest|negotiate|apikey|sha256) +([A-Za-z0-9._~+/=-]{8,8192})", 48, _is_token, re.I, ahead=8192), caseless=True,
    ),
    Rule(Kind.SECRET, 97, rb"\b(?:set-)?cookie2?[\"'\\]{0,3} ?[:=]", _cookies, caseless=True),
    Rule(Kind.SECRET, 97, rb"//[^/\s:@\"'<>]{1,64}:[^/\s\"'<>@]{1,128}@", _url_password, begins=True),
    Rule(Kind.USERNAME, 90, rb"//[^/\s:@\"'<>]{1,64}:[^/\s\"'<>@]{1,128}@", _url_user, begins=True),
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
    Rule(Kind.USERNAME, 85, rb"[a-z0-9]" + _HOST_PART + rb"\b", near(rb"(?<![\w.-])([a-z][\w.]{1,40})" + _HOST_PART + rb"\b", 60, is_user, re.I), caseless=True),
    Rule(
        Kind.USERNAME, 90, rb"(?:\d|[0-9a-f]:|[a-z]) - [A-Za-z][\w.@-]{1,63} \[\d{2}/[A-Z][a-z]{2}/",
        near(rb" - ([A-Za-z][\w.@-]{1,63}) \[\d{2}/[A-Z][a-z]{2}/", 80, is_user),
    ),
    Rule(Kind.USERNAME, 85, rb"\bS-1-5-21(?:-\d{1,10}){3,4}\b", here(rb"S-1-5-21(?:-\d{1,10}){3,4}"), begins=True),
)  # fmt: skip
