"""Changes of the blocklists by several processes at once."""

import pytest
from django.db import transaction

from stickertrendz.ops.models import AuditEntry
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork, run
from trends import blocklists, term_files
from trends.models import Term

pytestmark = pytest.mark.django_db(transaction=True)
PROCESSES, EACH = 4, 15


@pytest.fixture(autouse=True)
def no_terms(transactional_db: None) -> None:
    """The first test of a process that commits still finds the terms that the migration brought."""
    Term.objects.all().delete()


def terms(text: str) -> list[str]:
    return [hit.term for hit in blocklists.find(text)]


def adding(name: str) -> int:
    """Adds terms of its own and the ones that every process adds."""
    for number in range(EACH):
        blocklists.add(f"{name} {number}", "trademark", by=name, why="test")
        blocklists.add(f"shared {number}", "trademark", by=name, why="test")
    return 0


def retiring(term: Term) -> int:
    return 0 if blocklists.retire(term, by="child", why="test") else 1


def test_what_another_process_adds_changes_and_retires_is_seen_here(sandbox: Sandbox) -> None:
    term = blocklists.add("zorblax", "trademark", by="here", why="test")
    assert terms("a zorblax mug") == ["zorblax"]
    assert run(sandbox, lambda: retiring(term)) == 0
    assert terms("a zorblax mug") == []
    assert run(sandbox, lambda: 1 - blocklists.reinstate(term, by="child", why="test")) == 0
    assert terms("zorblaxes") == ["zorblax"]
    assert run(sandbox, lambda: 1 - blocklists.change_match(term, "phrase", by="child", why="test")) == 0
    assert terms("zorblaxes") == []


def test_many_processes_add_at_once_and_no_change_is_lost_or_numbered_twice(sandbox: Sandbox) -> None:
    blocklists.find("warm up")
    with (
        fork(sandbox, lambda: adding("ant")) as first,
        fork(sandbox, lambda: adding("bee")) as second,
        fork(sandbox, lambda: adding("cat")) as third,
        fork(sandbox, lambda: adding("dog")) as fourth,
    ):
        assert [child.wait() for child in (first, second, third, fourth)] == [0] * PROCESSES
    assert Term.objects.count() == (PROCESSES + 1) * EACH
    assert blocklists.revision() == 2 * PROCESSES * EACH == AuditEntry.objects.filter(action="added term").count()
    revisions = Term.objects.values_list("revision", flat=True)
    assert len(set(revisions)) == len(revisions)
    assert terms("ant 3, bee 4, cat 5, dog 6 and shared 7") == ["ant 3", "bee 4", "cat 5", "dog 6", "shared 7"]


def test_two_processes_that_retire_one_term_do_it_once(sandbox: Sandbox) -> None:
    term = blocklists.add("zorblax", "trademark", by="here", why="test")
    with fork(sandbox, lambda: retiring(term)) as one, fork(sandbox, lambda: retiring(term)) as other:
        assert sorted([one.wait(), other.wait()]) == [0, 1]
    assert AuditEntry.objects.filter(action="retired term").count() == 1


def test_a_file_imported_twice_at_once_is_taken_once(sandbox: Sandbox) -> None:
    lines = ["[brands]", *(f"zorblax {number}" for number in range(300))]

    def importing() -> int:
        term_files.take(term_files.plan(lines, "trademark", "list.txt"), by="child", why="test")
        return 0

    with fork(sandbox, importing) as one, fork(sandbox, importing) as other:
        assert [one.wait(), other.wait()] == [0, 0]
    assert Term.objects.count() == 300
    assert terms("zorblax 17") == ["zorblax 17"]


def test_a_change_that_is_rolled_back_is_not_seen(sandbox: Sandbox) -> None:
    blocklists.add("zorblax", "trademark", by="here", why="test")
    before = blocklists.revision()
    with transaction.atomic():
        blocklists.add("florp", "trademark", by="here", why="test")
        assert terms("florp") == ["florp"]
        transaction.set_rollback(True)
    assert blocklists.revision() == before
    assert terms("zorblax and florp") == ["zorblax"]
