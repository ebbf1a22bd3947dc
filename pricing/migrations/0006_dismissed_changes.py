"""What was only proposed and then dropped is no longer told like a change that another overtook."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_no_price_below_its_floor")]
    operations = [
        migrations.AlterField(
            model_name="pricechange",
            name="status",
            field=models.CharField(
                choices=[
                    ("proposed", "Proposed"),
                    ("dismissed", "Dismissed"),
                    ("approved", "Approved"),
                    ("pushed", "Pushed"),
                    ("superseded", "Superseded"),
                    ("reverted", "Reverted"),
                ],
                default="approved",
                max_length=10,
            ),
        ),
    ]
