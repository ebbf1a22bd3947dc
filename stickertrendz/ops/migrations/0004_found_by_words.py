"""Indexes by which the journals are searched when they are very long."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0003_lists_of_any_length"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["who", "-at"], name="audit_who_at"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["action", "-at"], name="audit_action_at"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["operation", "-at"], name="call_operation_at"),
        ),
        migrations.AddIndex(
            model_name="intent",
            index=models.Index(fields=["key"], name="intent_key"),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(condition=models.Q(("note", ""), _negated=True), fields=["id"], name="run_noted"),
        ),
    ]
