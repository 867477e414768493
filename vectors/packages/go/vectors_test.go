package vectors

import "testing"

func TestEveryFileIsWhole(t *testing.T) {
	entries, err := files.ReadDir("v1")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, err := Read(entry.Name()); err != nil && entry.Name() != "manifest.json" {
			t.Error(err)
		}
	}
}

func TestALoginHasItsMembers(t *testing.T) {
	tests, err := Tests("user-login.json")
	if err != nil || len(tests) == 0 || tests[0].Input["password"] == nil {
		t.Fatal(len(tests), err)
	}
}
