// Package vectors holds the test vectors for Amazon Cognito's SRP.
package vectors

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

//go:embed v1/*.json
var files embed.FS

// Test is a test of a file. Input and Expected have the members that README.md names, as their JSON.
type Test struct {
	ID       string         `json:"id"`
	Comment  string         `json:"comment"`
	Flags    []string       `json:"flags"`
	Result   string         `json:"result"`
	Reason   string         `json:"reason"`
	Refused  string         `json:"refused"`
	Input    map[string]any `json:"input"`
	Expected map[string]any `json:"expected"`
}

// Read returns the bytes of a file in v1, such as "user-login.json", which must be what manifest.json says.
func Read(name string) ([]byte, error) {
	octets, err := files.ReadFile("v1/" + name)
	if err != nil {
		return nil, err
	}
	listed, err := files.ReadFile("v1/manifest.json")
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Files map[string]struct {
			SHA256 string `json:"sha256"`
		} `json:"files"`
	}
	if err := json.Unmarshal(listed, &manifest); err != nil {
		return nil, err
	}
	digest := sha256.Sum256(octets)
	if found, wanted := hex.EncodeToString(digest[:]), manifest.Files[name].SHA256; found != wanted {
		return nil, fmt.Errorf("%s was changed: its SHA-256 is %s, expected %s", name, found, wanted)
	}
	return octets, nil
}

// Tests returns the tests of a file in one list.
func Tests(name string) ([]Test, error) {
	octets, err := Read(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		TestGroups []struct {
			Tests []Test `json:"tests"`
		} `json:"testGroups"`
	}
	if err := json.Unmarshal(octets, &file); err != nil {
		return nil, err
	}
	var tests []Test
	for _, group := range file.TestGroups {
		tests = append(tests, group.Tests...)
	}
	return tests, nil
}
