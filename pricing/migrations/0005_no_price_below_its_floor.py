"""The database itself refuses a wanted price below the floor."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_prices_at_least_their_floors")]
    operations = [
        migrations.AddConstraint(
            model_name="offer",
            constraint=models.CheckConstraint(
                condition=models.Q(("wanted_price__gte", models.F("floor_price"))), name="no_price_below_its_floor"
            ),
        ),
    ]
