"""The addresses of the pages. Those of people are in each language, the default one without a prefix."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from houvast.web.views import failing, public

handler404 = failing.not_found
handler500 = failing.failed
handler403 = failing.forbidden
handler400 = failing.bad

urlpatterns = [
    path(".well-known/gpc.json", public.gpc, name="gpc"),
    path("health", public.health, name="health"),
    *i18n_patterns(
        path("", public.short, name="short"),
        path("policy/", public.policy, name="policy"),
        path("policy/<slug:promise>/", public.promise, name="promise"),
        path("policy/notice.<slug:form>", public.download, name="download"),
        path("rules/", public.details, name="rules"),
        path("versions/", public.versions, name="versions"),
        path("accessibility/", public.accessibility, name="accessibility"),
        prefix_default_language=False,
    ),
]
