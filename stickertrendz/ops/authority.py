"""What follows when a service refuses us altogether: key wrong, credit used up, model gone."""

from . import alerts
from .errors import Halt, OutsideError

ADVICE = "Check its key, credit and model in the settings. Nothing was parked; waiting work then goes on by itself."


def refused(error: OutsideError) -> Halt:
    """Tells the operator at once and gives the Halt to raise: no row is at fault, and no other would fare better."""
    alerts.alert(f"refused:{error.service}", f"{error.service} refuses us", f"{error}\n\n{ADVICE}")
    return Halt(f"{error}. Check its key and credit.")
