"""Rows of the fulfillment app, by subject."""

from .costs import PrintCost, ShippingRate
from .order import Order, OrderItem
from .printing import PrintJob, Shipment
from .privacy import AccessLog, PrivacyRequest

__all__ = ["AccessLog", "Order", "OrderItem", "PrintCost", "PrintJob", "PrivacyRequest", "Shipment", "ShippingRate"]
