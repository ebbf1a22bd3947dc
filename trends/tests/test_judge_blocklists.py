"""judge_blocklists counts what is hit and what is not, by category, kind and rule."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from trends import judging


def judged(*arguments: object) -> dict[str, Any]:
    out = StringIO()
    call_command("judge_blocklists", *map(str, arguments), "--json", stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_names_everybody_knows_are_counted_alone_and_in_a_sentence(tmp_path: Path) -> None:
    names = written(tmp_path / "names.tsv", "brand\tStarbucks", "brand\tNo Such Brandname", "film\tShrek")
    recall = judged("--household", names)["household"]
    assert recall["brand"]["alone"] == {"total": 2, "hit": 1, "percent": 50.0}
    assert recall["film"]["in a sentence"] == {"total": 1, "hit": 1, "percent": 100.0}
    assert recall["all"]["in a sentence"]["hit"] == 2


def test_hits_of_both_kinds_are_told_apart_on_titles(tmp_path: Path) -> None:
    titles = written(
        tmp_path / "titles.tsv",
        "label\tnames\ttitle",
        'clean\t\tA frog "in" a teacup',
        "clean\t\tThe school shooting",
        "protected\tShrek\tMy Shrek cake",
    )
    hits = judged("--titles", titles)["titles"]
    assert [hits["clean"][kind]["hit"] for kind in ("trademark", "keyword")] == [0, 1]
    assert [hits["protected"][kind]["hit"] for kind in ("trademark", "keyword")] == [1, 0]


def test_terms_and_a_listing_are_counted_by_category_and_rule(tmp_path: Path) -> None:
    terms = written(tmp_path / "terms.csv", "category,term,source", "brand,Nike,x", "brand,Zzyzxq,x")
    listing = written(tmp_path / "listing.csv", "title,score", "Nike's shoe,1", "two frogs,2")
    answer = judged("--terms", terms, "--listing", listing)
    assert answer["terms"]["brand"]["alone"]["percent"] == 50.0
    assert answer["listing"]["all titles"]["trademark"] == {"total": 2, "hit": 1, "percent": 50.0}
    assert answer["listing"]["trademark hits"] == {"as plural or possessive": {"total": 1, "hit": 1, "percent": 100.0}}


def test_the_two_halves_of_a_file_make_the_whole(tmp_path: Path) -> None:
    names = written(tmp_path / "names.tsv", *(f"brand\tname {n}" for n in range(50)))
    parts = [judged("--household", names, "--half", half)["household"]["all"]["alone"] for half in judging.HALVES]
    assert sum(part["total"] for part in parts) == 50
    assert all(part["total"] > 10 for part in parts)


def test_the_table_can_name_what_was_judged_wrongly(tmp_path: Path) -> None:
    titles = written(
        tmp_path / "t.tsv", "label\tnames\ttitle", "clean\t\tMy Shrek cake", "protected\tX\tMy Zzyzxq cake"
    )
    out = StringIO()
    call_command("judge_blocklists", "--titles", str(titles), "--misses", stdout=out)
    assert "clean, trademark: My Shrek cake" in out.getvalue()
    assert "protected, trademark: My Zzyzxq cake" in out.getvalue()


@pytest.mark.parametrize("content", [None, "a,b\n1,2\n"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "terms.csv"
    if content:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match="could not be read"):
        judged("--terms", path)


def test_no_file_at_all_is_refused() -> None:
    with pytest.raises(CommandError, match="--household FILE"):
        judged()


def test_the_lists_reach_what_is_promised_on_the_labelled_files(shared: Path) -> None:
    labelled = shared / "data" / "terms"
    answer = judged("--household", labelled / "household.tsv", "--titles", labelled / "title_labels.tsv")
    everybody = answer["household"]["all"]
    assert min(everybody["alone"]["percent"], everybody["in a sentence"]["percent"]) >= 95
    assert answer["titles"]["clean"]["trademark"]["percent"] < 2
    assert answer["titles"]["protected"]["trademark"]["percent"] >= 70
