"""Erases customer data now: of one customer within a dated privacy request, or whatever is due by itself."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from fulfillment import privacy, privacy_erasure, privacy_requests
from fulfillment.models import Order, PrivacyRequest
from stickertrendz import clock
from stickertrendz.ops.management import migrated

BY = "manage.py"


class Command(BaseCommand):
    help = (
        "Erase customer data. Names and e-mail addresses are asked for, or read from standard input, one a line: "
        "what stands on a command line is seen by others and kept by the shell."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--receipt", type=int, action="append", default=[], metavar="NUMBER")
        parser.add_argument("--buyer-id", type=int, metavar="NUMBER", help="the buyer's number at Etsy")
        parser.add_argument("--name", action="store_true", help="ask for a name")
        parser.add_argument("--email", action="store_true", help="ask for an e-mail address")
        parser.add_argument("--due", action="store_true", help="what the daily job would erase")
        parser.add_argument("--with-unshipped", action="store_true", help="also orders that still need their address")
        parser.add_argument("--dry-run", action="store_true", help="only list the orders")
        parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")

    def handle(self, *args: Any, due: bool, dry_run: bool, yes: bool, with_unshipped: bool, **told: Any) -> None:
        migrated.require()
        keys = [name for name in ("receipt", "buyer_id", "name", "email") if told[name]]
        if due == bool(keys):
            raise CommandError("Say whose data: --receipt, --buyer-id, --name or --email; or --due alone.")
        found = privacy_erasure.due_for_purge(clock.now()) if due else self._found(told)
        orders = found.filter(purged_at=None).order_by("receipt_id")
        waiting = set(privacy_erasure.to_ship(orders).values_list("pk", flat=True))
        self._list(orders, waiting)
        if not due:
            self._list_others(orders)
        doomed = orders if due or with_unshipped else orders.exclude(pk__in=waiting)
        if not dry_run and doomed.exists() and (yes or self._agreed(doomed.count())):
            self._erase(doomed, keys, due)

    def _found(self, told: dict[str, Any]) -> QuerySet[Order]:
        name = self._ask("Name: ") if told["name"] else ""
        email = self._ask("E-mail address: ") if told["email"] else ""
        found = privacy.find(buyer_user_id=told["buyer_id"], name=name, email=email)
        if len(set(privacy.find(name=name).values_list("buyer_hash", flat=True))) > 1:
            raise CommandError("Several Etsy accounts bought under this name: give the e-mail address or the receipts.")
        return Order.objects.filter(pk__in=found) | Order.objects.filter(receipt_id__in=told["receipt"])

    def _ask(self, question: str) -> str:
        answer = getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline()
        if not answer.strip():
            raise CommandError("Nothing was given to look for.")
        return answer

    def _list(self, orders: QuerySet[Order], waiting: set[int]) -> None:
        self.stdout.write(f"{orders.count()} orders hold data of this kind.")
        for order in orders:
            unshipped = " – still needs its address to be shipped" if order.pk in waiting else ""
            self.stdout.write(f"  {order} of {order.ordered_at:%Y-%m-%d}, {order.get_status_display()}{unshipped}")

    def _list_others(self, orders: QuerySet[Order]) -> None:
        others = privacy.with_same_buyers(orders).filter(purged_at=None).exclude(pk__in=orders.values("pk"))
        if others:
            told = ", ".join(map(str, others.order_by("receipt_id")))
            self.stdout.write(f"Of the same Etsy accounts, and not among them: {told}. Add each by --receipt.")

    def _agreed(self, count: int) -> bool:
        return input(f"Erase the data of {count} orders for good? Type yes: ").strip() == "yes"

    def _erase(self, doomed: QuerySet[Order], keys: list[str], due: bool) -> None:
        if due:
            erased = privacy_erasure.purge_due(by=BY)
        else:
            request = privacy_requests.receive(
                PrivacyRequest.Kind.ERASE, list(doomed), by=BY, identified="", found_by=", ".join(keys),
                received_at=clock.now(),
            )  # fmt: skip
            erased = privacy_requests.erase(request, by=BY, with_unshipped=True)
            self.stdout.write(f"{request}: tell the customer, then mark it as answered in the console.")
        self.stdout.write(f"{erased.orders} orders erased, {erased.texts.total()} other texts cleaned.")
