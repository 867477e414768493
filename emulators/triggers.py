"""The Lambda function of a pool with CUSTOM_AUTH: it asks one question, after a password if one is
proven.

An emulator gets this file's text, so it imports nothing.
"""

from typing import Any, Final

ANSWER: Final = "blue"


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Answer as DefineAuthChallenge, CreateAuthChallenge or VerifyAuthChallengeResponse."""
    request, response = event["request"], event["response"]
    source = event["triggerSource"].partition("_")[0]
    if source == "DefineAuthChallenge":
        past = request.get("session") or [{"challengeName": None, "challengeResult": True}]
        last = past[-1]
        is_done = last["challengeName"] == "CUSTOM_CHALLENGE"
        response["failAuthentication"] = not last["challengeResult"]
        response["issueTokens"] = is_done and last["challengeResult"]
        if not is_done:
            is_srp = last["challengeName"] == "SRP_A"
            response["challengeName"] = "PASSWORD_VERIFIER" if is_srp else "CUSTOM_CHALLENGE"
    elif source == "CreateAuthChallenge":
        response["publicChallengeParameters"] = {"riddle": "Of what colour?"}
        response["privateChallengeParameters"] = {"answer": ANSWER}
    else:
        response["answerCorrect"] = request.get("challengeAnswer") == ANSWER
    return event
