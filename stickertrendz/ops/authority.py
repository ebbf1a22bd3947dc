"""What follows when a service refuses us altogether: key wrong, credit used up, model gone, a parameter refused."""

from . import alerts
from .errors import Halt, OutsideError

WHERE = "Check its key, its credit, its model and that model's parameters in the settings."
ADVICE = f"{WHERE} Nothing was parked; waiting work then goes on by itself."


def refused(error: OutsideError) -> Halt:
    """Tells the operator at once and gives the Halt to raise: no row is at fault, and no other would fare better."""
    alerts.alert(f"refused:{error.service}", f"{error.service} refuses us", f"{error}\n\n{ADVICE}")
    return Halt(f"{error.service}: {error.message.rstrip('.')}. {WHERE}")
