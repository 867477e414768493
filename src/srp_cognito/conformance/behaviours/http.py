"""HTTP: what a request must have, and how an error is written. It needs requests byte by byte."""

import json
from typing import Final

from ...calls.call import Call
from ..behaviour import behaviour, documented, inferred, seen, unknown
from ..expected import Either, Refuses, Seen, SignsIn
from ..sources import issue
from ..trial import Trial

PROTOCOL: Final = "https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"


@behaviour(
    Refuses("NotAuthorizedException", "Incorrect username or password.", status=400),
    seen(issue("localstack/localstack", 3201), "copied from AWS; limenutt, 2020-10-30"),
    needs=["http"],
)
def refusal(trial: Trial) -> Seen:
    """A refusal has the status 400, __type and message."""
    wrong = {"USERNAME": trial.person().username, "PASSWORD": "Battery-Staple-2"}
    return trial.initiate("USER_PASSWORD_AUTH", wrong)


@behaviour(
    SignsIn(),
    documented(PROTOCOL, "X-Amz-Target and Content-Type"),
    needs=["http"],
)
def right(trial: Trial) -> Seen:
    """A request of the right form is answered."""
    return _sent(trial, {})


@behaviour(
    Either(Refuses("UnknownOperationException"), Refuses("SerializationException")),
    documented(PROTOCOL, "X-Amz-Target names the operation"),
    unknown("the type and the words"),
    needs=["http"],
)
def without_target(trial: Trial) -> Seen:
    """A request without X-Amz-Target is refused."""
    return _sent(trial, {"X-Amz-Target": None})


@behaviour(
    Either(Refuses("UnknownOperationException"), Refuses("SerializationException")),
    seen("https://github.com/li-xl/nuscenes-download/pull/10", "leonpohl, 2024-10-23"),
    needs=["http"],
)
def another_content_type(trial: Trial) -> Seen:
    """A request with another Content-Type is refused."""
    return _sent(trial, {"Content-Type": "application/json"})


@behaviour(
    Refuses("SerializationException"),
    seen(issue("aws-amplify/amplify-js", 6014), "Alegero7, 2020-06-05"),
    needs=["http"],
)
def not_json(trial: Trial) -> Seen:
    """A body that is not JSON is refused."""
    return _sent(trial, {}, b"USERNAME=alice")


@behaviour(
    Refuses("SerializationException"),
    inferred(issue("aws-amplify/amplify-js", 6014), "it cannot be read either"),
    needs=["http"],
)
def json_cut_off(trial: Trial) -> Seen:
    """A body that is cut off is refused."""
    return _sent(trial, {}, _body(trial)[:-1])


@behaviour(
    Refuses("SerializationException"),
    inferred(PROTOCOL, "the body is an object"),
    needs=["http"],
)
def json_array(trial: Trial) -> Seen:
    """A body that is a JSON array is refused."""
    return _sent(trial, {}, b"[]")


@behaviour(
    SignsIn(),
    inferred(PROTOCOL, "members that an operation does not have are ignored"),
    unknown("whether the service ignores them"),
    needs=["http"],
)
def unknown_members(trial: Trial) -> Seen:
    """Members that the operation does not have are ignored."""
    more = {**json.loads(_body(trial)), "Favourite": "colour"}
    return _sent(trial, {}, json.dumps(more).encode("ascii"))


@behaviour(
    SignsIn(),
    inferred(PROTOCOL, "names of headers have no case"),
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
    every = {**Call[dict[str, str]]("InitiateAuth", {}).headers, **headers}
    kept = {name: value for name, value in every.items() if value is not None}
    return trial.post(kept, _body(trial) if body is None else body)
