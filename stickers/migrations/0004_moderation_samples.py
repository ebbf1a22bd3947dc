"""Weekly samples of designs that moderation rejected, and a person's word on each."""

import django.db.models.deletion
import stickertrendz.clock
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stickers', '0003_generation_report'),
    ]

    operations = [
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.DateField(help_text='The Monday of its week.', unique=True)),
                ('seed', models.BigIntegerField()),
                ('since', models.DateTimeField(blank=True, help_text='Designs rejected from then on; empty: ever.', null=True)),
                ('drawn_at', models.DateTimeField(default=stickertrendz.clock.now)),
                ('drawn_from', models.PositiveIntegerField(help_text='Designs that could have been drawn.')),
            ],
            options={
                'ordering': ['-week'],
            },
        ),
        migrations.CreateModel(
            name='SampledDesign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('reason', models.CharField(help_text='Why it was rejected, as it stood when it was drawn.', max_length=200)),
                ('verdict', models.CharField(blank=True, choices=[('right', 'Rightly rejected'), ('wrong', 'Wrongly rejected')], max_length=5)),
                ('judged_by', models.CharField(blank=True, max_length=150)),
                ('judged_at', models.DateTimeField(blank=True, null=True)),
                ('sample', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='designs', to='stickers.sample')),
                ('sticker', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sampled', to='stickers.sticker')),
            ],
            options={
                'ordering': ['sample', 'position'],
                'indexes': [models.Index(fields=['verdict', 'judged_at'], name='sampled_verdict')],
            },
        ),
    ]
