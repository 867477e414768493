"""HTTP: what a request must have, and how an error is written. It needs requests byte by byte."""

import json
import re
from typing import Final

from ...calls.call import Call
from ..behaviour import behaviour, documented, inferred, seen, unknown
from ..expected import Either, Facts, Refuses, Reply, Seen, SignsIn
from ..sources import PROTOCOL, issue
from ..trial import Trial

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

UNREAD: Final = Either(
    Refuses("SerializationException"),
    Refuses("UnknownOperationException"),
    Refuses("BadRequest"),
)
"""A request that the service cannot read at all."""

NOT_UNDERSTOOD: Final = seen(
    issue("amazon-archives/amazon-cognito-js", 64),
    '404, "did not understand the operation that was requested"; jorgejova, 2018-07-06',
)


REFUSED: Final = (
    seen(issue("localstack/localstack", 3201), "copied from AWS; limenutt, 2020-10-30"),
    seen(issue("aws-amplify/aws-sdk-ios", 2354), "another copy; Nikooos, 2020-03-10"),
)


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password.", status=400),
    *REFUSED,
    needs=["http"],
)
def refusal(trial: Trial) -> Seen:
    """A refusal has the status 400, __type and message."""
    wrong = {"USERNAME": trial.person().username, "PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_PASSWORD_AUTH", wrong)


@behaviour(
    Facts(
        {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-ErrorType": "NotAuthorizedException",
            "x-amzn-ErrorMessage": "Incorrect username or password.",
            "x-amzn-RequestId": True,
        }
    ),
    *REFUSED,
    needs=["http"],
)
def refusal_headers(trial: Trial) -> Seen:
    """A refusal has its type and its words in headers, too; a colon may follow the type."""
    wrong = {"USERNAME": trial.person().username, "PASSWORD": "Battery-Staple-2"}
    headers = trial.initiate("USER_PASSWORD_AUTH", wrong).headers
    return {
        "Content-Type": headers.get("content-type"),
        "x-amzn-ErrorType": headers.get("x-amzn-errortype", "").rstrip(":"),
        "x-amzn-ErrorMessage": headers.get("x-amzn-errormessage"),
        "x-amzn-RequestId": UUID.fullmatch(headers.get("x-amzn-requestid", "")) is not None,
    }


@behaviour(
    Facts({"Content-Type": "application/x-amz-json-1.1", "exposed": True}),
    seen(issue("aws-amplify/amplify-js", 11034), "a copied reply; Kapelianovych, 2023-03-08"),
    needs=["http"],
)
def headers(trial: Trial) -> Seen:
    """A reply lets a browser's page read x-amzn-RequestId, x-amzn-ErrorType and others."""
    reply = _replied(trial, {})
    exposed = reply.headers.get("access-control-expose-headers", "").lower().replace(" ", "")
    wanted = {"x-amzn-requestid", "x-amzn-errortype", "x-amzn-errormessage", "date"}
    return {
        "Content-Type": reply.headers.get("content-type"),
        "exposed": wanted <= set(exposed.split(",")),
    }


@behaviour(
    SignsIn(),
    documented(PROTOCOL, "X-Amz-Target and Content-Type"),
    needs=["http"],
)
def right(trial: Trial) -> Seen:
    """A request of the right form is answered."""
    return _sent(trial, {})


@behaviour(
    UNREAD,
    documented(PROTOCOL, "X-Amz-Target is required"),
    NOT_UNDERSTOOD,
    unknown("the type and the words"),
    needs=["http"],
)
def without_target(trial: Trial) -> Seen:
    """A request without X-Amz-Target is refused."""
    return _sent(trial, {"X-Amz-Target": None})


@behaviour(
    UNREAD,
    seen("https://github.com/li-xl/nuscenes-download/pull/10", "leonpohl, 2024-10-23"),
    needs=["http"],
)
def another_content_type(trial: Trial) -> Seen:
    """A request with another Content-Type is refused."""
    return _sent(trial, {"Content-Type": "application/json"})


@behaviour(
    UNREAD,
    seen(issue("aws-amplify/amplify-js", 6014), "SerializationException; Alegero7, 2020-06-05"),
    seen("https://github.com/li-xl/nuscenes-download/pull/10", "leonpohl, 2024-10-23"),
    needs=["http"],
)
def not_json(trial: Trial) -> Seen:
    """A body that is not JSON is refused."""
    return _sent(trial, {}, b"USERNAME=alice")


@behaviour(
    UNREAD,
    inferred(issue("aws-amplify/amplify-js", 6014), "it cannot be read either"),
    needs=["http"],
)
def json_cut_off(trial: Trial) -> Seen:
    """A body that is cut off is refused."""
    return _sent(trial, {}, _body(trial)[:-1])


@behaviour(
    UNREAD,
    inferred(PROTOCOL, "a structure is a JSON object"),
    needs=["http"],
)
def json_array(trial: Trial) -> Seen:
    """A body that is a JSON array is refused."""
    return _sent(trial, {}, b"[]")


@behaviour(
    SignsIn(),
    unknown("whether the service ignores them"),
    needs=["http"],
)
def unknown_members(trial: Trial) -> Seen:
    """Members that the operation does not have are ignored."""
    more = {**json.loads(_body(trial)), "Favourite": "colour"}
    return _sent(trial, {}, json.dumps(more).encode("ascii"))


@behaviour(
    SignsIn(),
    inferred(
        "https://www.rfc-editor.org/rfc/rfc9110#section-5.1", "the names of fields have no case"
    ),
    needs=["http"],
)
def headers_without_case(trial: Trial) -> Seen:
    """Headers may be written in any case, and Content-Type may have a charset."""
    headers = Call[dict[str, str]]("InitiateAuth", {}).headers
    return trial.post(
        {
            "x-amz-target": headers["X-Amz-Target"],
            "content-type": f"{headers['Content-Type']}; charset=utf-8",
        },
        _body(trial),
    )


def _body(trial: Trial) -> bytes:
    person = trial.person()
    arguments = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": trial.app().client_id,
        "AuthParameters": {"USERNAME": person.username, "PASSWORD": person.password},
    }
    return Call("InitiateAuth", arguments).body


def _sent(trial: Trial, headers: dict[str, str | None], body: bytes | None = None) -> Seen:
    return _replied(trial, headers, body)


def _replied(trial: Trial, headers: dict[str, str | None], body: bytes | None = None) -> Reply:
    every = {**Call[dict[str, str]]("InitiateAuth", {}).headers, **headers}
    kept = {name: value for name, value in every.items() if value is not None}
    return trial.post(kept, _body(trial) if body is None else body)
