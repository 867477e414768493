"""Second factors: what is asked, which codes are taken, and in which words others are refused."""

import json
from typing import Final

from ..behaviour import behaviour, documented, inferred, measured, seen, unknown
from ..expected import Asks, Either, Facts, Refuses, Seen, SignsIn
from ..sources import (
    ANDROID_MAIL,
    ANDROID_TOTP,
    DOTNET_MFA,
    FLUTTER_CONFIRM,
    FRANKEN,
    FRANKEN_LOGIN,
    GUIDE_LOCKOUT,
    MODEL,
    MOTO,
    SWIFT_TOTP,
    issue,
)
from ..trial import Trial

MISMATCH: Final = Refuses("CodeMismatchException", "Invalid code or auth state for the user.")
"""The words are for codes that are sent; for an authenticator app there are others, and no stop."""

MISMATCH_WORDS: Final = measured(FRANKEN_LOGIN, "its author compares the words, lines 303 to 308")

WRONG: Final = "000000"

MASKED: Final = seen(
    issue("aws-amplify/amplify-js", 12780), "+*******1234; nadetastic of AWS, 2024"
)


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    measured(MOTO, "test_user_authentication_flow_mfa_optional"),
)
def totp(trial: Trial) -> Seen:
    """After the password a user with an authenticator app is asked for its code."""
    return trial.prove("totp")


@behaviour(SignsIn(), measured(MOTO, "test_user_authentication_flow_mfa_optional"))
def totp_right(trial: Trial) -> Seen:
    """The code of the authenticator app signs in."""
    reply = trial.prove("totp")
    return trial.send(trial.answers(reply, "totp").software_token_mfa(trial.totp_code("totp")))


@behaviour(
    Refuses("CodeMismatchException", "Invalid code received for user"),
    measured(FRANKEN_LOGIN, "its author compares the words, lines 249 to 253; no stop at the end"),
    measured(FRANKEN, "999999 is refused"),
)
def totp_wrong(trial: Trial) -> Seen:
    """Another code is refused."""
    reply = trial.prove("totp")
    return trial.send(trial.answers(reply, "totp").software_token_mfa(WRONG))


@behaviour(
    Refuses("ExpiredCodeException", "Your software token has already been used once."),
    measured(SWIFT_TOTP, "waits for the next code, and says in which words it would be refused"),
    measured(MOTO, "test_user_authentication_flow_mfa_on needs a new code"),
)
def totp_used_twice(trial: Trial) -> Seen:
    """A code of the authenticator app that was used is refused in the next sign-in."""
    code = trial.totp_code("totp")
    trial.tokens_of(trial.send(trial.answers(trial.prove("totp"), "totp").software_token_mfa(code)))
    return trial.send(trial.answers(trial.prove("totp"), "totp").software_token_mfa(code))


@behaviour(
    SignsIn(),
    seen(issue("aws-amplify/amplify-js", 3873), "timwhunt of AWS, 2019-09-09"),
    cost="waits",
)
def totp_a_moment_late(trial: Trial) -> Seen:
    """A code is accepted for a short time after its thirty seconds."""
    reply, code = trial.prove("totp"), trial.totp_code("totp")
    trial.wait(30)
    return trial.send(trial.answers(reply, "totp").software_token_mfa(code))


@behaviour(
    SignsIn(),
    measured(ANDROID_TOTP, "signIn_with_totp_after_mfa_setup adds 30 seconds"),
    documented(
        "https://github.com/awsdocs/amazon-cognito-developer-guide/blob"
        "/85b058f5b3d0454507340693252862e857575cc2/doc_source/user-pool-settings-mfa-totp.md",
        "within 30 seconds before or after",
    ),
    cost="waits",
)
def totp_a_moment_early(trial: Trial) -> Seen:
    """The code of the next thirty seconds is accepted."""
    code = trial.totp_code_later("totp", 30)
    reply = trial.send(trial.answers(trial.prove("totp"), "totp").software_token_mfa(code))
    trial.wait(60)  # So that no other line shows this code again.
    return reply


@behaviour(
    Refuses("CodeMismatchException"),
    inferred(issue("aws-amplify/amplify-js", 3873), '"a short time" is not two minutes'),
    cost="waits",
)
def totp_two_minutes_late(trial: Trial) -> Seen:
    """A code is refused two minutes after its thirty seconds."""
    reply, code = trial.prove("totp"), trial.totp_code("totp")
    trial.wait(120)
    return trial.send(trial.answers(reply, "totp").software_token_mfa(code))


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter SOFTWARE_TOKEN_MFA_CODE"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth"),
)
def totp_missing(trial: Trial) -> Seen:
    """An answer without the code is refused."""
    call = trial.answers(trial.prove("totp"), "totp").software_token_mfa(WRONG)
    return trial.send(call, {"ChallengeResponses": {"SOFTWARE_TOKEN_MFA_CODE": None}})


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    measured(
        "https://github.com/Liftric/cognito-idp/blob/74f7a1f874065bd9385892790ad482f5f8d78d8a/src"
        "/commonTest/kotlin/com/liftric/cognito/idp/IdentityProviderClientTests.kt",
        "USER_PASSWORD_AUTH, then a code of the next thirty seconds",
    ),
)
def totp_after_a_password(trial: Trial) -> Seen:
    """After USER_PASSWORD_AUTH a user with an authenticator app is asked for its code, too."""
    person = trial.person("totp")
    return trial.initiate(
        "USER_PASSWORD_AUTH", {"USERNAME": person.username, "PASSWORD": person.password}
    )


@behaviour(
    Asks("SMS_MFA", ("CODE_DELIVERY_DELIVERY_MEDIUM", "CODE_DELIVERY_DESTINATION")),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 236), "codynguyen, 2017-01-05"),
    MASKED,
)
def sms(trial: Trial) -> Seen:
    """After the password a user with SMS is asked for the code, and where it went is masked."""
    return trial.prove("sms")


@behaviour(
    Facts({"medium": "SMS", "masked": True}),
    seen(issue("amazon-archives/amazon-cognito-identity-js", 236), "+*******0008"),
    MASKED,
)
def sms_is_masked(trial: Trial) -> Seen:
    """Of a phone number the last four digits are shown."""
    parameters = trial.prove("sms").parameters
    destination = str(parameters.get("CODE_DELIVERY_DESTINATION"))
    return {
        "medium": parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM"),
        "masked": destination.startswith("+*******") and len(destination) == 12,
    }


@behaviour(SignsIn(), measured(FLUTTER_CONFIRM, '"allows retrying on code mismatch" ends with it'))
def sms_right(trial: Trial) -> Seen:
    """The code that was sent signs in."""
    reply = trial.prove("sms")
    return trial.send(trial.answers(reply, "sms").sms_mfa(trial.code("sms")))


@behaviour(
    MISMATCH,
    MISMATCH_WORDS,
    seen(issue("aws-amplify/amplify-js", 11069), "elilambnz, 2023-03-15"),
    seen(issue("aws-amplify/amplify-js", 3066), "calboru, 2019-04-10"),
)
def sms_wrong(trial: Trial) -> Seen:
    """Another code than the one that was sent is refused."""
    reply = trial.prove("sms")
    wrong = str(int(trial.code("sms")) ^ 1).zfill(6)
    return trial.send(trial.answers(reply, "sms").sms_mfa(wrong))


@behaviour(
    MISMATCH,
    seen(issue("aws-amplify/amplify-js", 11069), "one code behind; cwomack of AWS, 2023-05-16"),
    seen(issue("aws/aws-sdk-java", 2018), "the type; DeepakMs92, 2019-06-12"),
)
def sms_of_the_sign_in_before(trial: Trial) -> Seen:
    """The code of an earlier sign-in is refused in a newer one."""
    trial.prove("sms")
    before = trial.code("sms")
    reply = trial.prove("sms")
    return trial.send(trial.answers(reply, "sms").sms_mfa(before))


@behaviour(
    Refuses("CodeMismatchException"),
    measured(DOTNET_MFA, '"fakeMfaCode" is a wrong code, and not one of another form'),
)
def sms_of_letters(trial: Trial) -> Seen:
    """A code of letters is refused as a wrong one."""
    return trial.send(trial.answers(trial.prove("sms"), "sms").sms_mfa("fakeMfaCode"))


@behaviour(
    SignsIn(),
    measured(FLUTTER_CONFIRM, '"allows retrying on code mismatch"'),
)
def sms_after_a_wrong_one(trial: Trial) -> Seen:
    """The right code is accepted after a wrong one, with the same Session."""
    answers = trial.answers(trial.prove("sms"), "sms")
    right = trial.code("sms")
    trial.send(answers.sms_mfa(str(int(right) ^ 1).zfill(6)))
    return trial.send(answers.sms_mfa(right))


@behaviour(
    Refuses("InvalidParameterException", "Missing required parameter SMS_MFA_CODE"),
    inferred(issue("aws/aws-sdk-cpp", 452), "the words for a parameter of InitiateAuth"),
)
def sms_missing(trial: Trial) -> Seen:
    """An answer without the code that was sent is refused."""
    call = trial.answers(trial.prove("sms"), "sms").sms_mfa(WRONG)
    return trial.send(call, {"ChallengeResponses": {"SMS_MFA_CODE": None}})


@behaviour(
    Asks("EMAIL_OTP", ("CODE_DELIVERY_DELIVERY_MEDIUM", "CODE_DELIVERY_DESTINATION")),
    measured(ANDROID_MAIL, "sign_in_to_existing_email_mfa"),
)
def email(trial: Trial) -> Seen:
    """After the password a user with codes by mail is asked for the code."""
    return trial.prove("email")


@behaviour(
    Facts({"medium": "EMAIL", "masked": True}),
    measured(MOTO, "t***@t*** of a forgotten password: test_forgot_password_with_email_..."),
)
def email_is_masked(trial: Trial) -> Seen:
    """Of a mail address the first letter and the first one of the domain are shown."""
    parameters = trial.prove("email").parameters
    name, _, domain = str(parameters.get("CODE_DELIVERY_DESTINATION")).partition("@")
    return {
        "medium": parameters.get("CODE_DELIVERY_DELIVERY_MEDIUM"),
        "masked": (len(name), name[1:], len(domain), domain[1:]) == (4, "***", 4, "***"),
    }


@behaviour(
    SignsIn(), measured(ANDROID_MAIL, "use_an_incorrect_MFA_code_then_sign_in_using_the_...")
)
def email_right(trial: Trial) -> Seen:
    """The code that was mailed signs in."""
    reply = trial.prove("email")
    return trial.send(trial.answers(reply, "email").email_otp(trial.code("email")))


@behaviour(
    Refuses("CodeMismatchException"),
    measured(ANDROID_MAIL, "use_an_incorrect_MFA_code_then_sign_in_using_the_correct_one"),
)
def email_wrong(trial: Trial) -> Seen:
    """Another code than the one that was mailed is refused."""
    reply = trial.prove("email")
    wrong = str(int(trial.code("email")) ^ 1).zfill(len(trial.code("email")))
    return trial.send(trial.answers(reply, "email").email_otp(wrong))


@behaviour(
    SignsIn(),
    measured(ANDROID_MAIL, "use_an_incorrect_MFA_code_then_sign_in_using_the_correct_one"),
)
def email_after_a_wrong_one(trial: Trial) -> Seen:
    """The right code is accepted after a wrong one, with the same Session."""
    answers = trial.answers(trial.prove("email"), "email")
    right = trial.code("email")
    trial.send(answers.email_otp(str(int(right) ^ 1).zfill(len(right))))
    return trial.send(answers.email_otp(right))


@behaviour(
    Either(
        Facts({"types": {"CodeMismatchException"}, "the right one": True}),
        Facts(
            {
                "types": {"CodeMismatchException", "NotAuthorizedException"},
                "the right one": False,
            }
        ),
    ),
    seen(
        issue("robor-systems/tokapi-beta", 27),
        "wrong codes as often as one wants; akalypse, 2022-02-23",
    ),
    inferred(GUIDE_LOCKOUT, "five failed sign-in attempts lock the user out"),
    cost="locks-out",
)
def totp_wrong_many_times(trial: Trial) -> Seen:
    """Six wrong codes in a row lock the user out, as wrong passwords do, or they do not."""
    answers = trial.answers(trial.prove("totp"), "totp")
    wrong = {trial.send(answers.software_token_mfa(WRONG)).kind for _ in range(6)}
    right = trial.send(answers.software_token_mfa(trial.totp_code("totp")))
    return {"types": wrong, "the right one": bool(right.result)}


@behaviour(
    Asks("SELECT_MFA_TYPE", ("MFAS_CAN_CHOOSE",)),
    measured(SWIFT_TOTP, "testSelectMFATypeWithTOTPWhileSigningIn, for SMS and TOTP"),
    seen(issue("aws-amplify/amplify-js", 4646), "helgabalashova, 2023-03-09"),
)
def several(trial: Trial) -> Seen:
    """A user with several factors, none of them preferred, is asked which one to use."""
    return trial.prove("several")


@behaviour(
    Facts({"MFAS_CAN_CHOOSE": ["EMAIL_OTP", "SOFTWARE_TOKEN_MFA"]}),
    inferred(SWIFT_TOTP, "for SMS and TOTP: exactly these two; AWS's clients read JSON"),
)
def several_are_listed(trial: Trial) -> Seen:
    """MFAS_CAN_CHOOSE is a JSON array in a string."""
    offered = trial.prove("several").parameters.get("MFAS_CAN_CHOOSE")
    return {"MFAS_CAN_CHOOSE": sorted(json.loads(str(offered or "[]")))}


@behaviour(
    Asks("SOFTWARE_TOKEN_MFA"),
    measured(SWIFT_TOTP, "testSelectMFATypeWithTOTPWhileSigningIn"),
    measured(ANDROID_TOTP, "select_mfa_type"),
    seen(issue("aws-amplify/amplify-android", 2677), "mattcreaser of AWS, 2024-01-09"),
)
def several_choice(trial: Trial) -> Seen:
    """The factor that is chosen is asked for."""
    reply = trial.prove("several")
    return trial.send(trial.answers(reply, "several").select_mfa_type("SOFTWARE_TOKEN_MFA"))


@behaviour(
    Refuses("InvalidParameterException"),
    unknown("what the service says of a factor that was not offered"),
)
def several_choice_that_was_not_offered(trial: Trial) -> Seen:
    """A factor that was not offered cannot be chosen."""
    reply = trial.prove("several")
    return trial.send(trial.answers(reply, "several").select_mfa_type("SMS_MFA"))


@behaviour(
    Asks("EMAIL_OTP", ("CODE_DELIVERY_DELIVERY_MEDIUM", "CODE_DELIVERY_DESTINATION")),
    inferred(SWIFT_TOTP, "the same for SMS: testSelectMFATypeWithSMSWhileSigningIn"),
    inferred(MODEL, "it has EMAIL_MFA for this answer, which its list of challenges lacks"),
)
def several_choice_of_mail(trial: Trial) -> Seen:
    """The code is sent once mail is chosen."""
    reply = trial.prove("several")
    return trial.send(trial.answers(reply, "several").select_mfa_type("EMAIL_OTP"))
