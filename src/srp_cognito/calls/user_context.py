r"""EncodedData of UserContextData, as AWS's Android client makes it.

Cognito's threat protection reads EncodedData if it is sent. AWS publishes no description of it,
only clients that make it: JavaScript, iOS and Android, each under a version of its own. This is
Android's, from amplify-android's UserContextDataProvider and SignatureGenerator.

Its limits: the key of the signature is the app client's id, which is public, so the signature
proves nothing about the device; what is said about the device is the caller's word. How the service
uses each key is not published. The JSON has the same content as Android's and not the same bytes:
Android writes "/" as "\/" and breaks the outer base64 into lines of 76 characters.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ..given import expect, given_texts, nonempty, utf8
from ..proof.app_client import AppClient
from ..proof.identity import pool_name
from ..proof.timestamps import timestamp
from ..wire import write_base64

__all__ = ["encoded_data"]

VERSION: Final = "ANDROID20171114"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def encoded_data(
    context_data: Mapping[str, str],
    *,
    pool_id: str,
    username: str,
    app: AppClient,
    now: datetime | None = None,
) -> str:
    """Return EncodedData: base64 of ``{payload, signature, version}``.

    The payload is itself a JSON text: ``{contextData, username, userPoolId, timestamp}``, the
    timestamp in milliseconds as text. The signature is ``base64(HMAC-SHA-256(client id, version
    || payload))``. Android makes a new one for every call.

    Args:
        context_data: the description of the device. Android's keys are ApplicationName,
            ApplicationTargetSdk, ApplicationVersion, Bootloader, BuildType, Carrier,
            ClientTimezone ("+01:00"), DeviceBrand, DeviceFingerprint, DeviceHardware, DeviceId,
            DeviceLanguage, DeviceManufacturer, DeviceName, DeviceOsReleaseVersion,
            DeviceSdkVersion, HasSimCard, IsNetworkRoaming, NetworkType, PhoneType, Platform,
            Product, ScreenHeightPixels, ScreenWidthPixels, SimCountry, SimOperator,
            ThirdPartyDeviceId. The service recognises a device by a DeviceId that stays the same.
        pool_id: the whole user pool id.
        username: the USERNAME that the same call sends.
        app: the app client that signs in.
        now: when it is made; an aware datetime. The default is the present moment.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: `pool_id` is not a user pool id, a text is empty or holds a lone surrogate, or
            `now` is naive.

    >>> made = encoded_data(
    ...     {"Platform": "ANDROID", "DeviceId": "5bf4f1ee"},
    ...     pool_id="eu-west-1_Example",
    ...     username="alice",
    ...     app=AppClient("1example23456789"),
    ...     now=datetime(2026, 3, 7, 9, 5, 3, tzinfo=UTC),
    ... )
    >>> import base64
    >>> print(json.loads(base64.b64decode(made))["payload"])  # doctest: +NORMALIZE_WHITESPACE
    {"contextData":{"Platform":"ANDROID","DeviceId":"5bf4f1ee"},"username":"alice","userPoolId":"eu-west-1_Example","timestamp":"1772874303000"}
    """
    expect(app, AppClient, "app")
    pool_name(pool_id)
    nonempty(username, "username")
    now = datetime.now(UTC) if now is None else now
    timestamp(now)  # Raises unless it is an aware datetime.
    payload = _json(
        {
            "contextData": given_texts(context_data, "context_data"),
            "username": username,
            "userPoolId": pool_id,
            "timestamp": str((now - _EPOCH) // timedelta(milliseconds=1)),
        }
    )
    signature = hmac.digest(
        utf8(app.client_id, "client_id"), f"{VERSION}{payload}".encode(), "sha256"
    )
    made = _json({"payload": payload, "signature": write_base64(signature), "version": VERSION})
    return write_base64(made.encode())


def _json(value: Mapping[str, object]) -> str:
    # Android's JSONObject has no spaces, and writes letters beyond ASCII as they are.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
