from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ops", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="auditentry",
            name="audit_subject",
        ),
        migrations.RemoveIndex(
            model_name="call",
            name="call_subject",
        ),
        migrations.RemoveIndex(
            model_name="errorlog",
            name="errorlog_subject",
        ),
        migrations.RemoveIndex(
            model_name="transcript",
            name="transcript_subject",
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["subject", "-created_at"], name="alert_subject_at"),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(fields=["subject", "-at"], name="audit_subject_at"),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["subject", "-at"], name="call_subject_at"),
        ),
        migrations.AddIndex(
            model_name="errorlog",
            index=models.Index(fields=["subject", "-created_at"], name="errorlog_subject_at"),
        ),
        migrations.AddIndex(
            model_name="intent",
            index=models.Index(fields=["subject", "-planned_at"], name="intent_subject_at"),
        ),
        migrations.AddIndex(
            model_name="transcript",
            index=models.Index(fields=["subject", "-created_at"], name="transcript_subject_at"),
        ),
    ]
