"""The addresses of the pages. Those of people are in each language, the default one without a prefix."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from importlib.util import find_spec

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, path

from houvast.web.people import asked, oidc, passkeys
from houvast.web.people import requests as asking
from houvast.web.people import views as people
from houvast.web.views import (
    access,
    anybody,
    cases,
    controls,
    desk,
    entry,
    evidence,
    exchange,
    exchanges,
    failing,
    flagged,
    found,
    hooks,
    incoming,
    looking,
    lookings,
    public,
    receipts,
    reports,
    showing,
    upload,
    visits,
)

handler400 = failing.bad
handler403 = failing.forbidden
handler404 = failing.not_found
handler500 = failing.failed

everybody = [
    path("", public.short, name="short"),
    path("policy/", public.policy, name="policy"),
    path("policy/<slug:promise>/", public.promise, name="promise"),
    path("policy/notice.<slug:form>", public.download, name="download"),
    path("rules/", public.details, name="rules"),
    path("versions/", public.versions, name="versions"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<int:number>/", reports.report, name="report"),
    path("reports/<int:number>/report.<slug:form>", reports.report_file, name="report_file"),
    path("accessibility/", public.accessibility, name="accessibility"),
    path("receipt/", receipts.check, name="check"),
    path("complaint/", anybody.complain, name="complain"),
    path("complaint/<slug:promise>/", anybody.complain, name="complain_about"),
    path("follow/", anybody.follow, name="follow"),
    path("opt-out/<uuid:code>/", anybody.opt_out, name="opt_out"),
    path("subcontractors/", exchange.helpers, name="helpers"),
    path("exchange/<slug:token>/", exchange.link, name="exchange_link"),
    path("exchange/case/<slug:code>/", exchange.page, name="exchange"),
    path("exchange/case/<slug:code>/found/<uuid:bundle>/<int:file>/", found.lines, name="exchange_found"),
    path("looking/<slug:token>/", looking.link, name="looking_link"),
    path("looking/session/<slug:code>/", looking.page, name="looking"),
    path("exchange/case/<slug:code>/receipt/", exchange.receipt, name="exchange_receipt"),
]
mine = [
    path("me/", people.overview, name="me"),
    path("me/code/", people.ask, name="me_code"),
    path("me/enter/", people.enter, name="me_enter"),
    path("me/data/", people.data, name="me_data"),
    path("me/uses/", people.uses, name="me_uses"),
    path("me/choices/", people.choices, name="me_choices"),
    path("me/requests/", asking.asked, name="me_requests"),
    path("me/ask/", asking.start, name="me_start"),
    path("me/ask/<slug:right>/", asking.ask, name="me_ask"),
    path("me/copy/", asking.copies, name="me_copy"),
    path("me/receipts/", asking.receipts, name="me_receipts"),
    path("me/out/", people.out, name="me_out"),
    path("me/stop/<str:token>/", people.stop, name="me_stop"),
    path("me/letter/", asked.letter, name="me_letter"),
    path("me/not-me/<uuid:reference>/", asked.not_me, name="me_not_me"),
    path("me/mandate/<str:token>/", asked.mandate, name="me_mandate"),
    path("me/passkey/", passkeys.come_in, name="me_passkey"),
    path("me/passkeys/", passkeys.passkeys, name="me_passkeys"),
    path("me/elsewhere/<slug:name>/", oidc.go, name="me_oidc"),
    path("me/theirs/", asked.theirs, name="me_theirs"),
]
staff = [
    path("desk/", desk.today, name="today"),
    path("desk/promises/", desk.promises, name="promises"),
    path("desk/promises/<slug:promise>/", desk.promise, name="desk_promise"),
    path("desk/uses/", desk.uses, name="uses"),
    path("desk/access/", access.access, name="access"),
    path("desk/controls/", controls.controls, name="controls"),
    path("desk/requests/", cases.cases, name="cases"),
    path("desk/requests/<int:number>/", cases.case, name="case"),
    path("desk/requests/<int:number>/copy/", showing.show, name="show"),
    path("desk/requests/<int:number>/copy/<int:use>/", showing.shown, name="shown"),
    path("desk/incoming/", incoming.incoming, name="incoming"),
    path("desk/incoming/<int:number>/", incoming.incoming_mail, name="incoming_mail"),
    path("desk/flagged/", flagged.flagged, name="flagged"),
    path("desk/flagged/<int:number>/", flagged.flagged_text, name="flagged_text"),
    path("desk/breaches/", cases.breaches, name="breaches"),
    path("desk/exchange/", exchanges.exchanges, name="exchanges"),
    path("desk/exchange/<int:number>/", exchanges.one, name="exchange_one"),
    path("desk/exchange/subcontractors/", exchanges.subcontractors, name="subcontractors"),
    path("desk/exchange/<int:number>/looking/", lookings.lookings, name="lookings"),
    path("desk/looking/<int:number>/", lookings.looking_watch, name="looking_watch"),
    path("desk/looking/<int:number>/now", lookings.looking_watched, name="looking_watched"),
    path("desk/visits/", visits.visits, name="visits"),
    path("desk/visits/reports/", reports.visit_reports, name="visit_reports"),
    path("desk/checks/", desk.checks, name="checks"),
    path("desk/drift/", desk.drift, name="drift"),
    path("desk/runs/", desk.runs, name="runs"),
    path("desk/mail/", desk.mail, name="mail"),
    path("desk/evidence/", evidence.evidence, name="evidence"),
    path("desk/evidence/export/", evidence.evidence_export, name="evidence_export"),
    path("desk/evidence/<int:index>/", evidence.evidence_entry, name="evidence_entry"),
    path("desk/evidence/<int:index>/receipt.json", evidence.evidence_receipt, name="evidence_receipt"),
    path("desk/source/<slug:file>/", desk.policy_source, name="source"),
    path("desk/look/", desk.look, name="look"),
]
entrance = [
    path("welcome/<str:token>/", entry.welcome, name="welcome"),
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-out/", account.logout, name="account_logout"),
    path("staff/set-up/", entry.set_up, name="set_up"),
    path("staff/password/", entry.password, name="set_password"),
    path("staff/sessions/", entry.sessions, name="sessions"),
    path("staff/ways/", entry.factors, name="mfa_index"),
    path("staff/ways/all/", entry.factors, name="mfa_list_webauthn"),
    path("staff/ways/code/", totp.activate_totp, name="mfa_activate_totp"),
    path("staff/ways/code/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("staff/ways/passkey/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("staff/ways/passkey/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("staff/again/", account.reauthenticate, name="account_reauthenticate"),
    path("staff/again/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("staff/again/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
]
programs: list[URLPattern | URLResolver] = []
if find_spec("ninja"):  # of the extra `api`
    from houvast.web.api.urls import urlpatterns as programs
urlpatterns = [
    *programs,
    path(".well-known/gpc.json", public.gpc, name="gpc"),
    path("signed-in/<slug:name>/", oidc.back, name="oidc_back"),
    path("health", public.health, name="health"),
    path("hooks/<slug:name>/", hooks.hook, name="hook"),
    path("exchange/case/<slug:code>/files/", upload.create, name="exchange_files"),
    path("exchange/case/<slug:code>/files/<uuid:bundle>", upload.piece, name="exchange_piece"),
    path("exchange/case/<slug:code>/files/<uuid:bundle>/back", exchange.back, name="exchange_back"),
    path("exchange/case/<slug:code>/certificate.json", exchange.certificate, name="exchange_certificate"),
    path("looking/session/<slug:code>/now", looking.now, name="looking_now"),
    path("evidence/key", receipts.published_text, {"name": "key"}, name="evidence_key"),
    path("evidence/checkpoint", receipts.published_text, {"name": "checkpoint"}, name="evidence_checkpoint"),
    path("receipt/<slug:name>.<slug:form>", receipts.saved, name="saved"),
    *i18n_patterns(*everybody, *mine, *staff, *entrance, prefix_default_language=False),
]
