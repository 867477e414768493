"""botocore as the judge of calls and replies: it has AWS's own model of the service.

A call must be what botocore would have sent for the same arguments, and a reply what botocore could
have read.
"""

import botocore.session
import oracle
from botocore import xform_name
from botocore.model import OperationModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator

from srp_cognito import AnyCall, AppClient

SESSION = botocore.session.Session()
MODEL = SESSION.get_service_model("cognito-idp")
MAPS = ("AuthParameters", "ChallengeResponses")
"""The members that hold USERNAME and SECRET_HASH."""


def judge(call: AnyCall, app: AppClient, username: str | None = None) -> None:
    """Judge an app client's call of any operation.

    Args:
        call: the call.
        app: the app client that it must name, if it names one.
        username: for REFRESH_TOKEN_AUTH, the name that SECRET_HASH must be computed from.
    """
    operation = MODEL.operation_model(call.operation)
    arguments = dict(call.arguments)
    report = ParamValidator().validate(arguments, operation.input_shape)
    assert not report.has_errors(), f"{call.operation}: {report.generate_report()}"

    serializer = create_serializer(MODEL.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(arguments, operation)
    assert (request["method"], request["url_path"], request["query_string"]) == ("POST", "/", "")
    assert request["body"] == call.body
    assert dict(request["headers"]) == call.headers
    assert xform_name(call.operation) == call.method
    # The docs say that only operations with Admin in the name need a signature.
    assert (operation.auth_type == "none") is not call.operation.startswith("Admin")

    if "ClientId" in operation.input_shape.members:
        assert arguments["ClientId"] == app.client_id
    _judge_secret_hash(operation, arguments, app, username)


def _judge_secret_hash(
    operation: OperationModel, arguments: dict[str, object], app: AppClient, username: str | None
) -> None:
    """The hash is there if and only if it must be, and is over the name in the same call."""
    place = next((name for name in MAPS if name in operation.input_shape.members), None)
    if place is not None:
        holder, key, name_key = arguments[place], "SECRET_HASH", "USERNAME"
    elif "SecretHash" in operation.input_shape.members:
        holder, key, name_key = arguments, "SecretHash", "Username"
    else:
        return
    assert isinstance(holder, dict)
    if arguments.get("AuthFlow") == "REFRESH_TOKEN_AUTH":
        assert name_key not in holder
        assert username is not None, "judge() needs the name that the hash is computed from"
    else:
        username = holder[name_key]
    if app.client_secret is None:
        assert key not in holder
    else:
        assert holder[key] == oracle.secret_hash(username, app.client_id, app.client_secret)


def judge_reply(operation: str, reply: dict[str, object]) -> None:
    """Judge what the pool answers: AWS's model has its members, with the same types."""
    shape = MODEL.operation_model(operation).output_shape
    if shape is None:
        assert reply == {}
        return
    report = ParamValidator().validate(reply, shape)
    assert not report.has_errors(), f"{operation}: {report.generate_report()}"


def judge_refusal(operation: str, kind: str) -> None:
    """Judge a refusal: AWS's model has this error for this operation."""
    errors = MODEL.operation_model(operation).error_shapes
    assert kind in {error.name for error in errors}, f"AWS has no {kind} for {operation}"
