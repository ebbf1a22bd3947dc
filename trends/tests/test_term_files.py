"""Files of terms: what is new in them, what is there, and what cannot be read."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from stickertrendz.ops.models import AuditEntry
from trends import blocklists, term_files
from trends.models import Term

pytestmark = pytest.mark.django_db
FILE = """\
# a list
Too Early
[brands]
Zorblax
Quuxley | brand
ZORBLAX
Nike
zorblax | sometimes
!!!
[slogans]
florp it now | phrase
"""


def planned(text: str = FILE) -> term_files.Plan:
    return term_files.plan(text.splitlines(), "trademark", "list.txt")


def texts(lines: list[term_files.Line]) -> list[str]:
    return [line.term.text for line in lines]


def test_a_plan_tells_new_terms_from_those_there_and_changes_nothing() -> None:
    before = Term.objects.count()
    made = planned()
    assert texts(made.new) == ["Zorblax", "Quuxley", "florp it now"]
    assert texts(made.there) == ["ZORBLAX", "Nike"]
    assert [line.term.kind for line in made.new] == ["brands", "brands", "slogans"]
    assert Term.objects.count() == before


def test_lines_that_cannot_be_read_are_told_with_their_numbers() -> None:
    bad = {each.number: each.why for each in planned().bad}
    assert sorted(bad) == [2, 8, 9]
    assert "section" in bad[2]
    assert "| brand or | phrase" in bad[8]
    assert "no letters" in bad[9]


@pytest.mark.parametrize("text", ["", "\ufeff[brands]\nZorblax", "[]\nx", "\x00\x01\n[b]\n\x00", "[b]\n" + "y" * 9999])
def test_any_text_can_be_read(text: str) -> None:
    for line in term_files.parse(text.splitlines()):
        assert line.number > 0


def test_what_was_retired_stays_so_and_another_rule_is_told() -> None:
    blocklists.retire(blocklists.add("Zorblax", "trademark", by="ada", why="test"), by="ada", why="no brand")
    blocklists.add("Quuxley", "trademark", by="ada", why="test")
    made = planned()
    assert (texts(made.retired), texts(made.otherwise)) == (["Zorblax"], ["Quuxley"])
    term_files.take(made, by="ada", why="a new list")
    assert blocklists.find("a zorblax mug") == []


def test_what_is_new_blocks_at_once_by_its_own_rule_and_is_one_line_in_the_audit() -> None:
    assert blocklists.find("a zorblax mug") == []
    assert term_files.take(planned(), by="ada", why="a new list") == 3
    assert [hit.term for hit in blocklists.find("a zorblax mug")] == ["Zorblax"]
    assert blocklists.find("a quuxley mug") == []
    assert len(set(Term.objects.filter(origin="list.txt").values_list("revision", flat=True))) == 1
    entry = AuditEntry.objects.get(action="imported terms")
    assert (entry.who, entry.why, entry.detail["terms"]) == ("ada", "a new list", 3)
    assert not planned().new


def test_an_existing_database_is_offered_what_the_shipped_files_have_more() -> None:
    assert [len(made.new) for made in term_files.shipped()] == [0, 0]
    Term.objects.filter(folded="nike").delete()
    assert [texts(made.new) for made in term_files.shipped()] == [["Nike"], []]


def test_the_command_takes_a_file_and_tells_what_it_left_out(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text(FILE, encoding="utf-8")
    out = io.StringIO()
    call_command("import_terms", str(file), kind="trademark", dry_run=True, stdout=out)
    assert "3 new, 2 there already" in out.getvalue()
    assert "list.txt:9: skipped" in out.getvalue()
    assert blocklists.find("zorblax") == []
    call_command("import_terms", str(file), kind="trademark", by="ada", stdout=out)
    assert "3 terms taken" in out.getvalue()
    assert blocklists.find("zorblax") != []


def test_the_command_says_what_is_missing_or_unreadable(tmp_path: Path) -> None:
    for arguments in ([], ["list.txt"], [str(tmp_path / "none"), "--kind", "keyword"]):
        with pytest.raises(CommandError):
            call_command("import_terms", *arguments)


def test_the_command_takes_what_is_new_in_the_shipped_files() -> None:
    Term.objects.filter(folded="nike").delete()
    out = io.StringIO()
    call_command("import_terms", shipped=True, stdout=out)
    assert "trademark_blocklist.txt: 1 terms taken" in out.getvalue()
    assert blocklists.find("nike mug") != []
