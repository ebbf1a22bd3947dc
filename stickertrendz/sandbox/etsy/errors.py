"""The shapes in which Etsy refuses: an object, an array of violations, or an OAuth error."""

from stickertrendz.sandbox.routing import Abort, Reply


def refusal(status: int, message: str) -> Abort:
    return Abort(Reply.of_json({"error": message}, status))


def problem(field: str, message: str) -> Abort:
    return refusal(400, f"There was a problem with /{field} : {message}")


def violation(path: str, kind: str, message: str) -> Abort:
    return Abort(Reply.of_json([{"path": f"/{path}", "type": kind, "message": message}], 400))


def oauth_refusal(status: int, error: str, description: str) -> Abort:
    return Abort(Reply.of_json({"error": error, "error_description": description}, status))


def error_reply(status: int, message: str) -> Reply:
    """What an injected fault answers, in Etsy's words."""
    if status == 429:
        return Reply.of_json({"error": "Exceeded per second rate limit"}, 429)
    if status == 401:
        return Reply.of_json({"error": "invalid_token", "error_description": "access token is expired"}, 401)
    return Reply.of_json({"error": message}, status)
