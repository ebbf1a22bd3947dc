"""Second factors, their recovery codes, and the tries to sign in that are counted."""

from django.conf import settings
from django.db import models


class SecondFactor(models.Model):
    """One person's authenticator app; it counts once a code of it was confirmed. The secret is sealed."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="second_factor")
    secret_sealed = models.TextField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0, help_text="Time step of the last code taken; none is taken twice.")

    def __str__(self) -> str:
        return f"Second factor of {self.user}"


class RecoveryCode(models.Model):
    """One of ten ways in without the app, each for one time; only the hash is kept."""

    factor = models.ForeignKey(SecondFactor, models.CASCADE, related_name="codes")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["factor", "hash"], name="one_row_per_recovery_code")]

    def __str__(self) -> str:
        return f"Recovery code of {self.factor.user}"


class SignInTries(models.Model):
    """How often one name, browser or address failed of late; the key is a hash, so neither is kept."""

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(help_text="No try before.")
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "sign-in tries"

    def __str__(self) -> str:
        return f"{self.failures} failed"
