"""What happened and who was told: errors, audit, alerts, mails, model transcripts, daily metrics."""

from django.db import models


class ErrorLog(models.Model):
    class Severity(models.TextChoices):
        WARNING = "warning"
        ERROR = "error"

    run = models.ForeignKey("ops.Run", models.SET_NULL, null=True, blank=True, related_name="errors")
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.ERROR)
    workflow = models.CharField(max_length=40, blank=True)
    step = models.CharField(max_length=60)
    error_type = models.CharField(max_length=60)
    error_message = models.TextField()
    service = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    retry_count = models.PositiveSmallIntegerField(default=0)
    resolved = models.BooleanField(default=False)
    context = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at"], name="errorlog_created"),
            models.Index(fields=["subject", "-created_at"], name="errorlog_subject_at"),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.error_message[:80]}"


class AuditEntry(models.Model):
    """Who did what to which row, when and why."""

    who = models.CharField(max_length=150)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    why = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_subject_at"),
            models.Index(fields=["-at"], name="audit_at"),
            models.Index(fields=["who", "-at"], name="audit_who_at"),
            models.Index(fields=["action", "-at"], name="audit_action_at"),
        ]

    def __str__(self) -> str:
        return f"{self.who} {self.action} {self.subject}"


class Mail(models.Model):
    """The outbox: sent at least once, the row's key is the Message-ID."""

    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    pictures = models.JSONField(default=list, blank=True, help_text="Keys of private files shown inline.")
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["sent_at", "not_before"], name="mail_due"),
            models.Index(fields=["-created_at"], name="mail_created"),
        ]

    def __str__(self) -> str:
        return self.subject


class Alert(models.Model):
    """Something the operator should know; one per key and day."""

    key = models.CharField(max_length=100)
    day = models.DateField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    subject = models.CharField(max_length=80, blank=True)
    mail = models.OneToOneField(Mail, models.SET_NULL, null=True, blank=True, related_name="alert")
    created_at = models.DateTimeField()
    seen_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["key", "day"], name="one_alert_per_key_and_day")]
        indexes = [models.Index(fields=["subject", "-created_at"], name="alert_subject_at")]

    def __str__(self) -> str:
        return self.title


class Transcript(models.Model):
    """What was asked of a model and what it answered, kept 30 days so that a verdict can be looked into."""

    run = models.ForeignKey("ops.Run", models.SET_NULL, null=True, blank=True)
    subject = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=30)
    model = models.CharField(max_length=60)
    prompt_version = models.CharField(max_length=30, blank=True)
    request = models.TextField()
    answer = models.TextField()
    cost_micro = models.BigIntegerField(default=0, help_text="Micro-dollars.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["-created_at"], name="transcript_created"),
            models.Index(fields=["subject", "-created_at"], name="transcript_subject_at"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model}"


class Metric(models.Model):
    """One measured figure of one day."""

    day = models.DateField()
    name = models.CharField(max_length=60)
    value = models.DecimalField(max_digits=14, decimal_places=4)

    class Meta:
        ordering = ["-day", "name"]
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="one_metric_per_day")]

    def __str__(self) -> str:
        return f"{self.name} {self.day}"
