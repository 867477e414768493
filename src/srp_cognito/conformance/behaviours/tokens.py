"""The tokens: their headers, their claims, how long they last, and the keys to check them with."""

import re
from collections.abc import Mapping
from typing import Any, Final

from ..behaviour import behaviour, documented, inferred, measured, seen
from ..expected import Facts, Refuses, Seen, Succeeds
from ..sources import (
    GUIDE_ACCESS_TOKEN,
    GUIDE_DISCOVERY,
    GUIDE_ID_TOKEN,
    GUIDE_VERIFYING,
    HTTP4K,
    INVESTMENT,
    LIFTRIC,
    MODEL,
    MOTO,
    issue,
)
from ..trial import Trial, header_and_claims

UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

ACCESS_CLAIMS: Final = (
    *("sub", "iss", "client_id", "origin_jti", "event_id", "token_use", "scope"),
    *("auth_time", "exp", "iat", "jti", "username"),
)

ID_CLAIMS: Final = (
    *("sub", "iss", "aud", "cognito:username", "origin_jti", "event_id"),
    *("token_use", "auth_time", "exp", "iat", "jti"),
)

ISSUER: Final = "https://cognito-idp.{}.amazonaws.com/{}"


@behaviour(
    Facts({"TokenType": "Bearer", "ExpiresIn": 3600}),
    measured(HTTP4K, "a reply"),
    documented(MODEL, "an hour, unless the app client says otherwise"),
)
def result(trial: Trial) -> Seen:
    """TokenType is Bearer, and ExpiresIn the access token's lifetime in seconds."""
    reply = trial.prove()
    return {name: reply.result.get(name) for name in ("TokenType", "ExpiresIn")}


@behaviour(
    Facts({"alg": "RS256", "kid": True}),
    documented(GUIDE_ACCESS_TOKEN, "the header has two pieces of information"),
    measured(LIFTRIC, "the header of a real ID token of 2020"),
)
def header(trial: Trial) -> Seen:
    """The header of a token names the key and RS256."""
    first = header_and_claims(trial.sign_in().access_token)[0]
    return {"alg": first.get("alg"), "kid": isinstance(first.get("kid"), str)}


@behaviour(
    Facts({"members": {"alg", "kid"}}),
    measured(LIFTRIC, "the header of a real ID token of 2020"),
    documented(GUIDE_ACCESS_TOKEN, "two pieces of information"),
)
def header_has_no_more(trial: Trial) -> Seen:
    """The header of a token has nothing else, and so no typ."""
    return {"members": set(header_and_claims(trial.sign_in().access_token)[0])}


@behaviour(
    Facts({"members": {"AuthenticationResult", "ChallengeParameters"}, "ChallengeParameters": {}}),
    measured(HTTP4K, "a reply"),
    seen(issue("localstack/localstack", 2896), "a reply to the AWS CLI; soulshake, 2020-08-28"),
)
def reply(trial: Trial) -> Seen:
    """Tokens come with ChallengeParameters that are empty, and without a Session."""
    person = trial.person()
    given = {"USERNAME": person.username, "PASSWORD": person.password}
    members = trial.initiate("USER_PASSWORD_AUTH", given).members
    present = {name for name in members if members[name] is not None}
    return {"members": present, "ChallengeParameters": members.get("ChallengeParameters")}


@behaviour(
    Facts({"the same key": False}),
    documented(GUIDE_ACCESS_TOKEN, "access and ID token are signed with different keys"),
)
def two_keys(trial: Trial) -> Seen:
    """Access and ID token are signed with different keys."""
    tokens = trial.sign_in()
    first, second = (
        header_and_claims(token)[0].get("kid") for token in (tokens.access_token, tokens.id_token)
    )
    return {"the same key": first == second}


@behaviour(
    Facts({"AccessToken": True, "IdToken": True}),
    documented(GUIDE_VERIFYING, "jwks.json has the keys"),
)
def keys_are_published(trial: Trial) -> Seen:
    """The document jwks.json has the keys of both tokens."""
    tokens = trial.sign_in()
    published = trial.get("jwks.json").get("keys")
    known = {key.get("kid") for key in published} if isinstance(published, list) else set()
    return {
        "AccessToken": header_and_claims(tokens.access_token)[0].get("kid") in known,
        "IdToken": header_and_claims(tokens.id_token)[0].get("kid") in known,
    }


@behaviour(
    Facts({"kty": {"RSA"}, "alg": {"RS256"}, "use": {"sig"}, "e": {"AQAB"}}),
    documented(GUIDE_VERIFYING, "the example of jwks.json"),
)
def keys_are_rsa(trial: Trial) -> Seen:
    """The keys are RSA keys, for signatures with RS256."""
    published = trial.get("jwks.json").get("keys")
    keys = published if isinstance(published, list) else [{}]
    return {name: {key.get(name) for key in keys} for name in ("kty", "alg", "use", "e")}


@behaviour(
    Facts({"issuer": True, "jwks_uri": True}),
    documented(GUIDE_DISCOVERY, "/.well-known/openid-configuration"),
    measured(issue("openiddict/openiddict-core", 1586), "a document; kevinchalet, 2022-11-28"),
)
def discovery(trial: Trial) -> Seen:
    """The document openid-configuration names the issuer and where the keys are."""
    document = trial.get("openid-configuration")
    issuer = header_and_claims(trial.sign_in().access_token)[1].get("iss")
    return {
        "issuer": document.get("issuer") == issuer,
        "jwks_uri": document.get("jwks_uri") == f"{issuer}/.well-known/jwks.json",
    }


@behaviour(
    Facts({"keys": 2}),
    documented(GUIDE_VERIFYING, "two pairs of keys for each user pool"),
    measured(
        "https://github.com/http4k/http4k/blob/38f9a115353e22ab7bcddf5f377000a30e1889fc/connect"
        "/amazon/cognito/client/src/testFixtures/kotlin/org/http4k/connect/amazon/cognito"
        "/CognitoContract.kt",
        '"can load well known keys"',
    ),
)
def keys_are_two(trial: Trial) -> Seen:
    """The document jwks.json has two keys."""
    published = trial.get("jwks.json").get("keys")
    return {"keys": len(published) if isinstance(published, list) else None}


@behaviour(
    Facts(
        {"id_token_signing_alg_values_supported": ["RS256"], "subject_types_supported": ["public"]}
    ),
    measured(issue("openiddict/openiddict-core", 1586), "a document; kevinchalet, 2022-11-28"),
    seen(issue("jagregory/cognito-local", 348), "the same members; root0x, 2022-12-09"),
)
def discovery_of_signatures(trial: Trial) -> Seen:
    """The document openid-configuration says that ID tokens are signed with RS256."""
    document = trial.get("openid-configuration")
    return {
        name: document.get(name)
        for name in ("id_token_signing_alg_values_supported", "subject_types_supported")
    }


# The access token.


@behaviour(
    Facts(dict.fromkeys(ACCESS_CLAIMS, True)),
    documented(GUIDE_ACCESS_TOKEN, "the example, but for event_id"),
    seen(issue("aws-amplify/amplify-js", 5703), "event_id; mrichman, 2020-05-06"),
)
def access_claims(trial: Trial) -> Seen:
    """An access token has these claims."""
    claims = _access(trial)
    return {name: name in claims for name in ACCESS_CLAIMS}


@behaviour(
    Facts({"token_use": "access", "scope": "aws.cognito.signin.user.admin", "aud": False}),
    measured(MOTO, "test_scope_in_access_token"),
    documented(GUIDE_ACCESS_TOKEN, "token_use and scope"),
    seen(issue("boto/boto3", 1734), "no other scope by the API; andrej-vasilj, 2018-10-12"),
)
def access_use(trial: Trial) -> Seen:
    """An access token of the API is for the user's own operations, and has no aud."""
    claims = _access(trial)
    return {
        "token_use": claims.get("token_use"),
        "scope": claims.get("scope"),
        "aud": "aud" in claims,
    }


@behaviour(
    Facts({"username": True, "client_id": True, "iss": True}),
    documented(GUIDE_ACCESS_TOKEN, "username, client_id and iss"),
)
def access_names(trial: Trial) -> Seen:
    """An access token names the user, the app client and the pool."""
    claims = _access(trial)
    return {
        "username": claims.get("username") == trial.person().username,
        "client_id": claims.get("client_id") == trial.app().client_id,
        "iss": claims.get("iss") == _issuer(trial),
    }


@behaviour(
    Facts({"iat": True, "exp": 3600, "auth_time": True}),
    documented(GUIDE_ACCESS_TOKEN, "times are seconds since 1970"),
)
def access_times(trial: Trial) -> Seen:
    """An access token lasts an hour from when it was made."""
    claims = _access(trial)
    now = trial.now().timestamp()
    return {
        "iat": abs(int(claims.get("iat", 0)) - now) < 300,
        "exp": int(claims.get("exp", 0)) - int(claims.get("iat", 0)),
        "auth_time": abs(int(claims.get("auth_time", 0)) - now) < 300,
    }


@behaviour(
    Facts({"sub": True, "jti": True, "origin_jti": True}),
    measured(MOTO, "test_jti_in_tokens"),
    documented(GUIDE_ACCESS_TOKEN, "the example"),
)
def identifiers(trial: Trial) -> Seen:
    """sub, jti and origin_jti are UUIDs."""
    claims = _access(trial)
    return {
        name: UUID.fullmatch(str(claims.get(name))) is not None
        for name in ("sub", "jti", "origin_jti")
    }


@behaviour(
    Facts({"sub": True, "origin_jti": True, "auth_time": True, "jti": False}),
    measured(MOTO, "test_jti_in_tokens: origin_jti is shared, jti is not"),
    documented(GUIDE_ID_TOKEN, "auth_time is that of the sign-in"),
)
def shared(trial: Trial) -> Seen:
    """The two tokens share sub, origin_jti and auth_time, and have their own jti."""
    tokens = trial.sign_in()
    access, identity = (
        header_and_claims(token)[1] for token in (tokens.access_token, tokens.id_token)
    )
    return {
        name: access.get(name) == identity.get(name)
        for name in ("sub", "origin_jti", "auth_time", "jti")
    }


@behaviour(
    Facts({"the same origin_jti": False, "the same jti": False, "the same sub": True}),
    inferred(MOTO, "origin_jti is kept at a refresh, so it is of one sign-in"),
)
def of_two_sign_ins(trial: Trial) -> Seen:
    """Two sign-ins of a user have the same sub, and nothing else in common."""
    one, other = _access(trial), _access(trial)
    return {
        f"the same {name}": one.get(name) == other.get(name)
        for name in ("origin_jti", "jti", "sub")
    }


# The ID token.


@behaviour(
    Facts(dict.fromkeys(ID_CLAIMS, True)),
    documented(GUIDE_ID_TOKEN, "the example, but for event_id"),
    measured(LIFTRIC, "two real ID tokens of 2020, with event_id"),
)
def id_claims(trial: Trial) -> Seen:
    """An ID token has these claims."""
    claims = _identity(trial)
    return {name: name in claims for name in ID_CLAIMS}


@behaviour(
    Facts({"token_use": "id", "aud": True, "cognito:username": True, "scope": False}),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH"),
    documented(GUIDE_ID_TOKEN, "token_use, aud and cognito:username"),
)
def id_use(trial: Trial) -> Seen:
    """An ID token is for the app client, and has no scope."""
    claims = _identity(trial)
    return {
        "token_use": claims.get("token_use"),
        "aud": claims.get("aud") == trial.app().client_id,
        "cognito:username": claims.get("cognito:username") == trial.person().username,
        "scope": "scope" in claims,
    }


@behaviour(
    Facts({"email": True, "email_verified": True}),
    measured(LIFTRIC, '"email_verified":false in a real ID token of 2020'),
    documented(GUIDE_ID_TOKEN, "email_verified is a JSON boolean in the example"),
)
def verified_is_a_boolean(trial: Trial) -> Seen:
    """In an ID token email is text and email_verified true, which is not text."""
    claims = trial.claims_of(trial.prove("alias"), "IdToken")
    return {
        "email": claims.get("email") == trial.alias(),
        "email_verified": claims.get("email_verified") is True,
    }


@behaviour(
    Facts({"email": False}),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH: no email if the user has none"),
)
def without_what_the_user_does_not_have(trial: Trial) -> Seen:
    """An ID token has no claim for an attribute that the user does not have."""
    return {"email": "email" in _identity(trial)}


# What they are good for.


@behaviour(Succeeds(("Username", "UserAttributes")), documented(MODEL, "GetUser"))
def get_user(trial: Trial) -> Seen:
    """GetUser takes an access token."""
    return trial.call("GetUser", {"AccessToken": trial.sign_in().access_token})


@behaviour(
    Facts({"sub": True, "email_verified": "true"}),
    documented(MODEL, "AttributeType.Value is text"),
)
def get_user_has_texts(trial: Trial) -> Seen:
    """GetUser answers with attributes that are text, also email_verified."""
    reply = trial.call("GetUser", {"AccessToken": trial.sign_in("alias").access_token})
    listed = reply.members.get("UserAttributes")
    found = {each["Name"]: each["Value"] for each in listed} if isinstance(listed, list) else {}
    return {"sub": "sub" in found, "email_verified": found.get("email_verified")}


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(MODEL, "GetUser takes an access token"),
)
def get_user_by_id_token(trial: Trial) -> Seen:
    """GetUser refuses an ID token."""
    return trial.call("GetUser", {"AccessToken": trial.sign_in().id_token})


@behaviour(
    Refuses("NotAuthorizedException", "Invalid Access Token"),
    measured(LIFTRIC, '"WRONG_TOKEN" for GlobalSignOut and others'),
    measured(issue("getmoto/moto", 8027), "AssociateSoftwareToken; bblommers, 2024-08-26"),
)
def get_user_by_nothing(trial: Trial) -> Seen:
    """GetUser refuses an access token that was made up."""
    return trial.call("GetUser", {"AccessToken": "made.up.token"})


@behaviour(
    Refuses("NotAuthorizedException"),
    inferred(GUIDE_VERIFYING, "a token whose signature does not fit is not the service's"),
)
def altered(trial: Trial) -> Seen:
    """GetUser refuses an access token whose signature was altered."""
    token = trial.sign_in().access_token
    head, _, signature = token.rpartition(".")
    return trial.call("GetUser", {"AccessToken": f"{head}.{signature[::-1]}"})


@behaviour(
    Facts({"ExpiresIn": 300, "exp": 300}),
    documented(GUIDE_ACCESS_TOKEN, "from five minutes to a day"),
    measured(INVESTMENT, "seconds are one of the units"),
)
def brief(trial: Trial) -> Seen:
    """An app client may say how long its access tokens last."""
    reply = trial.prove(app="brief")
    claims = trial.claims_of(reply, "AccessToken")
    lasts = int(claims.get("exp", 0)) - int(claims.get("iat", 0))
    return {"ExpiresIn": reply.result.get("ExpiresIn"), "exp": lasts}


@behaviour(
    Refuses("NotAuthorizedException", "Access Token has expired"),
    seen(issue("aws-amplify/amplify-js", 974), "the words; stripathix, 2018-06-04"),
    cost="waits",
)
def expired(trial: Trial) -> Seen:
    """GetUser refuses an access token whose time is over."""
    token = trial.sign_in(app="brief").access_token
    trial.wait(301)
    return trial.call("GetUser", {"AccessToken": token})


@behaviour(
    Facts({"UserMFASettingList": ["SOFTWARE_TOKEN_MFA"]}),
    documented(MODEL, "the MFA options that are activated for the user"),
)
def get_user_lists_factors(trial: Trial) -> Seen:
    """GetUser lists the second factors of a user."""
    reply = trial.call("GetUser", {"AccessToken": trial.sign_in("totp").access_token})
    return {"UserMFASettingList": reply.members.get("UserMFASettingList")}


@behaviour(
    Facts({"UserMFASettingList": None, "PreferredMfaSetting": None}),
    measured(MOTO, "test_initiate_auth_USER_PASSWORD_AUTH, for AdminGetUser: no values"),
)
def get_user_without_factors(trial: Trial) -> Seen:
    """GetUser has no list of factors for a user who has none."""
    reply = trial.call("GetUser", {"AccessToken": trial.sign_in().access_token})
    return {name: reply.members.get(name) for name in ("UserMFASettingList", "PreferredMfaSetting")}


@behaviour(
    Facts({"parts": 5, "header": True}),
    seen(issue("aws/aws-sdk-java", 2841), "it begins as a JWE does; wye220, 2022-09-08"),
    documented(
        "https://docs.amazonaws.cn/en_us/cognito/latest/developerguide"
        "/amazon-cognito-user-pools-using-tokens-with-identity-providers.html",
        "refresh tokens are encrypted, opaque",
    ),
)
def refresh_token_is_encrypted(trial: Trial) -> Seen:
    """A refresh token is encrypted: a JWE of five parts that holds a JWT."""
    token = str(trial.sign_in().refresh_token)
    return {"parts": len(token.split(".")), "header": token.startswith("eyJjdHkiOiJKV1QiLC")}


def _access(trial: Trial) -> Mapping[str, Any]:
    return header_and_claims(trial.sign_in().access_token)[1]


def _identity(trial: Trial) -> Mapping[str, Any]:
    return header_and_claims(trial.sign_in().id_token)[1]


def _issuer(trial: Trial) -> str:
    return ISSUER.format(trial.pool_id.partition("_")[0], trial.pool_id)
