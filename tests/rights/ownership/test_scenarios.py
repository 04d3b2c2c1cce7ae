"""The applications of this folder: what is in whose copy, and what is left when one goes, the last, or one is back."""

from __future__ import annotations

import pytest

from houvast.errors import DatabaseRefusal
from houvast.rights.plan import Fate
from tests.rights.ownership.apps import Apps


def _left(apps: Apps, table: str) -> list[int]:
    return [row["id"] for row in apps.state(table)[table]]


def test_conference_authors_share_a_paper_and_see_no_reviewer(apps: Apps) -> None:
    copy = apps.copy("researcher", 1)
    assert copy["conference.paper"] == [{"id": 1, "title": "On ropes", "abstract": "Ropes hold."}]
    assert copy["conference.review"] == [
        {
            "id": 1,
            "paper_id": 1,
            "reviewer_id": "somebody else A",
            "verdict": "Accept.",
            "to_the_chairs": "somebody else A",
        }
    ]
    assert [row["words"] for row in copy["conference.rebuttal"]] == ["It is not weak."]
    assert apps.copy("researcher", 3)["conference.review"][0]["to_the_chairs"] == "Weak, but short."
    assert "conference.paper" not in apps.copy("researcher", 3)


def test_conference_a_paper_stays_for_its_last_author_and_a_review_for_its_writer(apps: Apps) -> None:
    left = apps.erase("researcher", 1)
    assert [part.count for part in left.parts if part.table == "conference.paper"] == [1]
    assert _left(apps, "conference.paper") == [1, 2]
    gone = apps.erase("researcher", 2)
    assert {part.fate for part in gone.parts} == {Fate.ERASED}
    assert _left(apps, "conference.paper") == _left(apps, "conference.rebuttal") == []
    assert [row["paper_id"] for row in apps.state("conference.review")["conference.review"]] == [None, None]
    assert apps.keys("researcher", 3)["conference.review"] == [1]


def test_conference_a_role_decides_who_owns(apps: Apps) -> None:
    assert apps.keys("researcher", 1)["conference.paper"] == [1]  # of paper 2 a contact only
    apps.do("UPDATE conference.authorship SET role = 'author' WHERE paper_id = 2 AND researcher_id = 1")
    assert apps.keys("researcher", 1)["conference.paper"] == [1, 2]
    assert apps.keys("researcher", 1)["conference.review"] == [1, 2]
    apps.do("DELETE FROM conference.authorship WHERE paper_id = 1 AND researcher_id = 1 AND role = 'contact'")
    assert apps.keys("researcher", 1)["conference.paper"] == [1, 2]
    apps.do("DELETE FROM conference.authorship WHERE paper_id = 1 AND researcher_id = 1")
    assert apps.keys("researcher", 1)["conference.paper"] == [2]


def test_photos_each_side_of_a_message_sees_its_own_part(apps: Apps) -> None:
    assert apps.copy("maker", 1)["photos.message"] == [
        {"id": 1, "sender_id": 1, "recipient_id": "somebody else A", "words": "Hello", "sender_place": "quay",
         "read_on": "somebody else"},
        {"id": 2, "sender_id": "somebody else A", "recipient_id": 1, "words": "Hello too",
         "sender_place": "somebody else", "read_on": "tablet"},
    ]  # fmt: skip
    assert apps.copy("maker", 3)["photos.message"][0] == {
        "id": 3, "sender_id": 3, "recipient_id": 3, "words": "To myself", "sender_place": "home", "read_on": "watch"
    }  # fmt: skip
    assert apps.copy("maker", 3)["photos.photo"] == [
        {"id": 1, "maker_id": "somebody else A", "title": "Harbour", "place": "somebody else"}
    ]


def test_photos_who_leaves_a_message_takes_their_own_part_along(apps: Apps) -> None:
    apps.erase("maker", 1)
    assert apps.state("photos.message")["photos.message"] == [
        {"id": 1, "sender_id": None, "recipient_id": 2, "words": "Hello", "sender_place": None, "read_on": "phone"},
        {"id": 2, "sender_id": 2, "recipient_id": None, "words": "Hello too", "sender_place": "beach", "read_on": None},
        {"id": 3, "sender_id": 3, "recipient_id": 3, "words": "To myself", "sender_place": "home", "read_on": "watch"},
    ]
    assert _left(apps, "photos.photo") == [2]
    assert apps.keys("maker", 2)["photos.remark"] == [1, 2]  # under a photo that is gone: still theirs
    apps.erase("maker", 2)
    assert _left(apps, "photos.message") == [3]


def test_events_who_goes_along_reads_and_who_helped_still_counts(apps: Apps) -> None:
    phones = [row["phone"] for row in apps.copy("walker", 3)["events.outing"]]
    assert phones == [
        "somebody else",
        "somebody else",
    ]  # of the second, who helped before sees no more than who goes along
    assert "events.outing" not in {**apps.copy("walker", 1), "events.outing": None} or apps.keys("walker", 1)[
        "events.outing"
    ] == [1]
    apps.do("UPDATE events.going SET answer = 'perhaps' WHERE walker_id = 1")
    assert apps.keys("walker", 1)["events.outing"] == [1, 2]
    apps.erase("walker", 1)
    assert apps.state("events.outing")["events.outing"][0] == {
        "id": 1, "made_by": None, "title": "To the sea", "start": "station", "phone": None
    }  # fmt: skip
    apps.erase("walker", 2)  # the link of who helped before hangs on the second outing
    assert apps.state("events.outing")["events.outing"] == [
        {"id": 2, "made_by": None, "title": None, "start": None, "phone": None}
    ]
    apps.erase("walker", 3)
    assert _left(apps, "events.outing") == []


def test_discussion_a_host_reads_what_commenters_write_and_cannot_erase_it(apps: Apps) -> None:
    assert apps.copy("host", 1)["discussion.comment"][0] == {
        "id": 1, "page_id": 1, "commenter_id": "somebody else A", "judged_by": "somebody else A", "words": "Water them",
        "came_from": "somebody else A",
    }  # fmt: skip
    assert apps.keys("host", 2)["discussion.comment"] == [1, 3]
    assert apps.keys("commenter", 1)["discussion.comment"] == [1, 3]
    plan = apps.erase("host", 1)
    assert not [part for part in plan.parts if part.table == "discussion.comment"]
    assert _left(apps, "discussion.comment") == [1, 2, 3]
    apps.erase("host", 2)
    assert [row["judged_by"] for row in apps.state("discussion.comment")["discussion.comment"]] == [None] * 3
    apps.erase("commenter", 1)
    assert _left(apps, "discussion.comment") == [2]


def test_chat_what_hangs_below_a_room_is_everybodys_in_it(apps: Apps) -> None:
    both = {"chat.room": [1], "chat.notice": [1], "chat.seen": [1], "chat.line": [1, 2]}
    for key in (1, 2):
        found = apps.keys("chatter", key)
        assert {table: found[table] for table in both} == both
    assert [row["device"] for row in apps.copy("chatter", 2)["chat.line"]] == ["somebody else A", "laptop"]
    apps.erase("chatter", 1)
    assert _left(apps, "chat.seen") == [1, 2]
    assert apps.keys("chatter", 2)["chat.line"] == [2]
    apps.erase("chatter", 2)
    assert _left(apps, "chat.seen") == _left(apps, "chat.notice") == _left(apps, "chat.room") == [2]


def test_chat_who_comes_back_to_a_room_has_it_again(apps: Apps) -> None:
    apps.do("DELETE FROM chat.member WHERE chatter_id = 2")
    assert "chat.notice" not in apps.keys("chatter", 2)
    assert "chat.seen" not in apps.keys("chatter", 2)
    apps.do("INSERT INTO chat.member (room_id, chatter_id, since) VALUES (1, 2, 'August'), (2, 2, 'August')")
    found = apps.keys("chatter", 2)
    assert found["chat.room"] == found["chat.notice"] == found["chat.seen"] == [1, 2]
    assert found["chat.line"] == [1, 2, 3]
    assert apps.books() == []


def test_comments_an_answer_stays_when_what_it_answers_goes(apps: Apps) -> None:
    apps.erase("visitor", 1)
    assert apps.state("comments.entry")["comments.entry"] == [
        {"id": 2, "visitor_id": 2, "answers": None, "words": "Second"}
    ]


def test_guestbook_somebody_who_is_nobody_stands_for_who_left(apps: Apps) -> None:
    apps.erase("guest", 1)
    assert apps.state("guestbook.letter")["guestbook.letter"] == [
        {"id": 1, "writer_id": 0, "about_id": 2, "words": "Dear host", "signed_as": "erased"},
        {"id": 2, "writer_id": 2, "about_id": 0, "words": "Dear guest", "signed_as": "V."},
    ]
    apps.erase("guest", 2)
    assert _left(apps, "guestbook.letter") == []


def test_files_who_may_write_owns_and_who_may_read_has_a_copy(apps: Apps) -> None:
    assert [row["password"] for row in apps.copy("keeper", 2)["files.file"]] == ["somebody else", "hitch"]
    assert [row["password"] for row in apps.copy("keeper", 3)["files.file"]] == ["somebody else"] * 2
    assert apps.keys("keeper", 2)["files.note"] == [1]
    assert "files.note" not in apps.keys("keeper", 3)
    apps.do("UPDATE files.share SET may = 'write' WHERE keeper_id = 3 AND file_id = 2")
    assert apps.keys("keeper", 3)["files.note"] == [2]
    apps.erase("keeper", 1)
    assert apps.state("files.file")["files.file"][:2] == [
        {"id": 1, "keeper_id": None, "name": "plan.txt", "password": None},
        {"id": 2, "keeper_id": None, "name": "list.txt", "password": None},
    ]
    apps.erase("keeper", 3)
    assert _left(apps, "files.file") == [1, 3]
    apps.erase("keeper", 2)
    assert _left(apps, "files.file") == _left(apps, "files.note") == []


def test_a_row_of_several_is_served_only_while_each_of_them_lets_it(apps: Apps) -> None:
    asked = "SELECT id FROM suggest.message ORDER BY id", "suggest", "ownership_crawler"
    assert apps.served(*asked) == [1, 2, 3]
    apps.do("INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('maker', '2', 'objected', 'suggest')")
    assert apps.served(*asked) == [3]
    assert apps.served("SELECT id FROM serve.message ORDER BY id") == [1, 2, 3]
    apps.do("UPDATE photos.message SET recipient_id = 3 WHERE id = 1")
    assert apps.served(*asked) == [1, 3]
    apps.do("UPDATE photos.maker SET closed_at = now() WHERE id = 2")
    assert apps.served("SELECT id FROM serve.message ORDER BY id") == [1, 2, 3]  # somebody is still there
    apps.do("UPDATE photos.maker SET closed_at = now() WHERE id = 1")
    assert apps.served("SELECT id FROM serve.message ORDER BY id") == [1, 3]


def test_what_hangs_below_follows_every_owner_of_what_it_hangs_on(apps: Apps) -> None:
    asked = "SELECT id FROM suggest.seen ORDER BY id", "suggest", "ownership_crawler"
    apps.do("INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('chatter', '2', 'objected', 'suggest')")
    assert apps.served(*asked) == [2]
    apps.do("DELETE FROM chat.member WHERE chatter_id = 2")
    assert apps.served(*asked) == [1, 2]
    apps.do(
        "UPDATE chat.seen SET notice_id = 2 WHERE id = 1; INSERT INTO chat.member (room_id, chatter_id) VALUES (2, 2)"
    )
    assert apps.served(*asked) == []


def test_somebody_who_only_reads_corrects_and_erases_nothing(apps: Apps) -> None:
    with apps.asking(("host", "1")) as session:
        for text in ("UPDATE rights.comment SET words = 'mine'", "DELETE FROM rights.comment"):
            assert session.execute(text.encode()).rowcount == 0
    assert [row["words"] for row in apps.state("discussion.comment")["discussion.comment"]] == [
        "Water them", "Not too much", "Reef early"
    ]  # fmt: skip


def test_nothing_goes_when_somebody_elses_row_hangs_on_it(apps: Apps) -> None:
    apps.do(
        "ALTER TABLE photos.remark DROP CONSTRAINT remark_photo_id_fkey,"
        " ADD FOREIGN KEY (photo_id) REFERENCES photos.photo ON DELETE CASCADE"
    )
    apps.walks.clear()
    with pytest.raises(DatabaseRefusal, match="rows of others"):
        apps.erase("maker", 1)
    assert _left(apps, "photos.photo") == [1, 2]
