"""botocore judges calls and replies by AWS's own model of the service, the newest there is.

A call must be what AWS's own client sends for the same arguments. A reply must be one that this
client can read.
"""

import botocore.session
import oracle
from botocore import xform_name
from botocore.model import OperationModel
from botocore.serialize import create_serializer
from botocore.validate import ParamValidator
from newest import LOADER, MODEL

from srp_cognito import AnyCall, AppClient

SESSION = botocore.session.Session()
SESSION.register_component("data_loader", LOADER)
MAPS = ("AuthParameters", "ChallengeResponses")
"""The members in which USERNAME and SECRET_HASH are entries."""


def judge(call: AnyCall, app: AppClient, username: str | None = None) -> None:
    """Judge a call of any operation.

    Args:
        call: the call.
        app: the app client that the call must name, if its operation names an app client.
        username: for REFRESH_TOKEN_AUTH, the name that SECRET_HASH must be over.
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
    # The docs say that calls need AWS credentials exactly if their name begins with Admin.
    assert (operation.auth_type == "none") is not call.operation.startswith("Admin")

    if "ClientId" in operation.input_shape.members:
        assert arguments["ClientId"] == app.client_id
    _judge_secret_hash(operation, arguments, app, username)


def _judge_secret_hash(
    operation: OperationModel, arguments: dict[str, object], app: AppClient, username: str | None
) -> None:
    """The hash is there exactly if it must be, and is over the name in the same call."""
    place = next((name for name in MAPS if name in operation.input_shape.members), None)
    if place is not None:
        holder, key, name_key = arguments[place], "SECRET_HASH", "USERNAME"
    elif "SecretHash" in operation.input_shape.members:
        holder, key, name_key = arguments, "SecretHash", "Username"
    elif "ClientSecret" in operation.input_shape.members:
        # The secret itself is there instead, exactly if there is one.
        assert arguments.get("ClientSecret") == app.client_secret
        return
    else:
        return
    assert isinstance(holder, dict)
    if arguments.get("AuthFlow") == "REFRESH_TOKEN_AUTH":
        assert name_key not in holder
        assert username is not None, "judge() needs the name that the hash must be over"
    else:
        username = holder[name_key]
    if app.client_secret is None:
        assert key not in holder
    else:
        assert holder[key] == oracle.secret_hash(username, app.client_id, app.client_secret)


def judge_reply(operation: str, reply: dict[str, object]) -> None:
    """Judge a reply of the pool: it has the members of AWS's model, with their types."""
    shape = MODEL.operation_model(operation).output_shape
    if shape is None:
        assert reply == {}
        return
    report = ParamValidator().validate(reply, shape)
    assert not report.has_errors(), f"{operation}: {report.generate_report()}"


def judge_refusal(operation: str, kind: str) -> None:
    """Judge a refusal: AWS's model lists this error for this operation."""
    errors = MODEL.operation_model(operation).error_shapes
    assert kind in {error.name for error in errors}, f"{operation} raises no {kind}"
