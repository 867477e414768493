module example

go 1.19

require (
	cognito-srp-vectors v1.1.0
	github.com/alexrudd/cognito-srp/v4 v4.1.0
)

replace cognito-srp-vectors => ../
