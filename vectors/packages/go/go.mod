module cognito-srp-vectors

go 1.19
