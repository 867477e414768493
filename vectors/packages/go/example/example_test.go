// A test of github.com/alexrudd/cognito-srp with SECRET_HASH and with TIMESTAMP: go test
package example

import (
	"testing"
	"time"

	cognitosrp "github.com/alexrudd/cognito-srp/v4"

	vectors "cognito-srp-vectors"
)

func TestSecretHash(t *testing.T) {
	tests, err := vectors.Tests("secret-hash.json")
	for _, test := range tests {
		secret := test.Input["client_secret"].(string)
		client, _ := cognitosrp.NewCognitoSRP("", "", "x_y", test.Input["client_id"].(string), &secret)
		made, _ := client.GetSecretHash(test.Input["username"].(string))
		if test.Result == "valid" && made != test.Expected["secret_hash"] {
			t.Error(test.ID, test.Comment)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestTimestamp(t *testing.T) {
	tests, err := vectors.Tests("timestamp.json")
	client, _ := cognitosrp.NewCognitoSRP("", "", "x_y", "", nil)
	for _, test := range tests {
		moment, _ := time.Parse(time.RFC3339, test.Input["moment"].(string))
		challenge := map[string]string{"SALT": "1", "SRP_B": "1"}
		made, _ := client.PasswordVerifierChallenge(challenge, moment)
		if test.Result == "valid" && made["TIMESTAMP"] != test.Expected["timestamp"] {
			t.Error(test.ID, test.Comment, made["TIMESTAMP"])
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}
