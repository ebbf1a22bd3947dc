"""How Etsy shows a receipt, its transactions, shipments and refunds."""

from stickertrendz.sandbox.etsy.world import USER_ID, EtsyWorld, Record, money

ADDRESS = ("first_line", "second_line", "city", "state", "zip", "country_iso")


def receipt_view(world: EtsyWorld, receipt: Record) -> Record:
    buyer = receipt["buyer"]
    hidden = world.settings["gated"] or not receipt["address"]
    total, shipping = receipt["total"], receipt["shipping"]
    discount, tax = receipt.get("discount", 0), receipt.get("tax", 0)  # worlds saved before had neither
    return {
        "receipt_id": receipt["receipt_id"],
        "receipt_type": 0,
        "seller_user_id": USER_ID,
        "seller_email": None,
        "buyer_user_id": receipt["buyer_user_id"],
        "buyer_email": buyer.get("email"),
        "name": "" if hidden else buyer["name"],
        **{name: None if hidden else buyer.get(name) for name in ADDRESS},
        "formatted_address": None if hidden else _formatted(buyer),
        "status": receipt["status"],
        "payment_method": "cc",
        "payment_email": None,
        "message_from_seller": None,
        "message_from_buyer": receipt["message"],
        "message_from_payment": None,
        "is_paid": receipt["paid_at"] is not None,
        "is_shipped": bool(receipt["shipments"]),
        "create_timestamp": receipt["created"],
        "created_timestamp": receipt["created"],
        "update_timestamp": receipt["updated"],
        "updated_timestamp": receipt["updated"],
        "is_gift": bool(receipt["gift_message"]),
        "gift_message": receipt["gift_message"],
        "gift_sender": "",
        "grandtotal": money(total + shipping + tax),
        "subtotal": money(total),
        "total_price": money(total + discount),
        "total_shipping_cost": money(shipping),
        "total_tax_cost": money(tax),
        "discount_amt": money(discount),
        **{name: money(0) for name in ("total_vat_cost", "gift_wrap_price")},
        "shipments": [_shipment_view(each) for each in receipt["shipments"]],
        "transactions": [_transaction_view(receipt, line) for line in receipt["lines"]],
        "refunds": [_refund_view(each) for each in receipt["refunds"]],
    }


def _formatted(buyer: Record) -> str:
    lines = [buyer["name"], buyer.get("first_line"), buyer.get("second_line")]
    town = f"{buyer.get('city', '')}, {buyer.get('state', '')} {buyer.get('zip', '')}"
    return "\n".join(line for line in [*lines, town, buyer.get("country_iso")] if line)


def _shipment_view(shipment: Record) -> Record:
    return {
        "receipt_shipping_id": shipment["id"],
        "shipment_notification_timestamp": shipment["at"],
        "carrier_name": shipment["carrier"],
        "tracking_code": shipment["code"],
    }


def _refund_view(refund: Record) -> Record:
    return {
        "amount": money(refund["cents"]),
        "created_timestamp": refund["at"],
        "reason": "Other",
        "note_from_issuer": "",
        "status": "SUCCESS",
    }


def _transaction_view(receipt: Record, line: Record) -> Record:
    shipped = receipt["shipments"][0]["at"] if receipt["shipments"] else None
    return {
        **line,
        "seller_user_id": USER_ID,
        "buyer_user_id": receipt["buyer_user_id"],
        "create_timestamp": receipt["created"],
        "created_timestamp": receipt["created"],
        "paid_timestamp": receipt["paid_at"],
        "shipped_timestamp": shipped,
        "receipt_id": receipt["receipt_id"],
        "is_digital": False,
        "file_data": "",
        "transaction_type": "listing",
        "price": money(line["price"]),
        "shipping_cost": money(0),
        "product_data": [],
        "shipping_method": "Standard Shipping",
        "shipping_upgrade": None,
        "buyer_coupon": 0.0,
        "shop_coupon": 0.0,
    }
