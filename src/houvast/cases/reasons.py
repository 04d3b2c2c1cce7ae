"""The reasons of the law: a closed list, which the database holds too (`houvast.is_reason`)."""

from __future__ import annotations

from collections.abc import Mapping

from houvast.cases.model import Reason, State

REASONS: Mapping[str, Reason] = {
    one.code: one
    for one in (
        Reason("complexity", State.DELAYED, "AVG 12(3)", {
            "nl": "Uw verzoek is moeilijk.", "en": "Your request is difficult.",
        }, "eu-gdpr:JustificationA12Complexity"),
        Reason("high_volume", State.DELAYED, "AVG 12(3)", {
            "nl": "Wij kregen veel verzoeken.", "en": "We got many requests.",
        }, "eu-gdpr:JustificationA12HighVolume"),
        Reason("identity_failure", State.REFUSED, "AVG 11(2), 12(2)", {
            "nl": "Wij weten niet zeker dat u het bent.", "en": "We are not sure that it is you.",
        }, "eu-gdpr:JustificationA12IdentityFailure"),
        Reason("unfounded", State.REFUSED, "AVG 12(5)", {
            "nl": "Voor dit verzoek is duidelijk geen grond.", "en": "This request clearly has no ground.",
        }),
        Reason("excessive", State.REFUSED, "AVG 12(5)", {
            "nl": "U vroeg te vaak hetzelfde.", "en": "You asked the same thing too often.",
        }),
        Reason("rights_of_others", State.REFUSED, "AVG 15(4), UAVG 41(1)(i)", {
            "nl": "Het zou anderen schaden.", "en": "It would harm other people.",
        }),
        Reason("legally_required", State.REFUSED, "AVG 17(3)(b)", {
            "nl": "De wet zegt dat wij deze gegevens moeten bewaren.",
            "en": "The law says that we must keep these data.",
        }, "eu-gdpr:JustificationA17LegallyRequired"),
        Reason("legal_claims", State.REFUSED, "AVG 17(3)(e), 21(1)", {
            "nl": "Wij hebben deze gegevens nodig voor een geschil.", "en": "We need these data for a dispute.",
        }, "eu-gdpr:JustificationA17LegalClaims"),
        Reason("accurate", State.REFUSED, "AVG 16", {
            "nl": "De gegevens kloppen.", "en": "The data are right.",
        }),
        Reason("overriding_interest", State.REFUSED, "AVG 21(1)", {
            "nl": "Ons belang is in dit geval zwaarder.", "en": "Our interest weighs more in this case.",
        }),
        Reason("no_data", State.REFUSED, "AVG 15(1)", {
            "nl": "Wij hebben geen gegevens over u.", "en": "We have no data about you.",
        }),
    )
}  # fmt: skip
"""Code -> reason."""
