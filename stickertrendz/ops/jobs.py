"""Jobs of the machinery itself: the outbox and the heartbeat."""

from stickertrendz import clock

from . import alerts, runner
from .models import Health, Mail
from .runner import Running


def send_mail(run: Running) -> None:
    """Empties the outbox."""
    for mail in Mail.objects.filter(sent_at=None, not_before__lte=clock.now()).order_by("pk")[:100]:
        if run.out_of_time():
            break
        run.count("mails_sent" if alerts.deliver(mail) else "mails_failed")
        run.beat()


def heartbeat(run: Running) -> None:
    """Says that a worker lives, and closes runs whose process died."""
    now = clock.now()
    seen = {"ok": True, "reason": "", "seen_at": now}
    Health.objects.update_or_create(name="worker", defaults=seen, create_defaults={**seen, "since": now})
    runner.sweep()
