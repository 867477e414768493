// A checker of the vectors in Go, with nothing but its standard library.
//
//	go run vectors/check.go [--all] [FOLDER]
//
// It was written from vectors/README.md and docs/protocol.md. What those pages say is refused is refused here;
// an invalid claim need only differ from the one that is computed. An acceptable test that comes out otherwise is
// reported, and does not fail. The program ends with status 2 and a sentence if the files cannot be used, and with
// status 1 if a test failed.

package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"sort"
	"strings"
	"time"
	"unicode/utf16"
)

const hexN = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
	"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05" +
	"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
	"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
	"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33" +
	"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864" +
	"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2" +
	"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

var (
	zero  = big.NewInt(0)
	two   = big.NewInt(2)
	N, _  = new(big.Int).SetString(hexN, 16)
	k     = integer(sha(pad(N), pad(two)))
	blank = regexp.MustCompile(`[^A-Za-z0-9+/]`)
)

// ------------------------------------------------------------------------------------- bytes

func sha(parts ...[]byte) []byte {
	digest := sha256.Sum256(bytes.Join(parts, nil))
	return digest[:]
}

func mac(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(bytes.Join(parts, nil))
	return h.Sum(nil)
}

func integer(octets []byte) *big.Int { return new(big.Int).SetBytes(octets) }

// Two's complement, as short as possible.
func pad(n *big.Int) []byte {
	if n.Sign() < 0 {
		octets := pad(new(big.Int).Not(n))
		for i := range octets {
			octets[i] = ^octets[i]
		}
		return octets
	}
	octets := n.Bytes()
	if len(octets) == 0 || octets[0] >= 0x80 {
		octets = append([]byte{0}, octets...)
	}
	return octets
}

func power(base, exponent *big.Int) *big.Int {
	return new(big.Int).Exp(new(big.Int).Mod(base, N), exponent, N)
}

func encode(octets []byte) string { return base64.StdEncoding.EncodeToString(octets) }

// The letters of both alphabets up to the first "="; the rest is skipped.
func decodeBlock(text string) []byte {
	text, _, _ = strings.Cut(text, "=")
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	text = blank.ReplaceAllString(text, "")
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	octets, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return octets
}

// ------------------------------------------------------------------------------------- JSON

// An object that keeps the order of its members.
type object struct {
	names  []string
	values map[string]any
}

func (o *object) set(name string, value any) {
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	o.values[name] = value
}

func (o *object) has(name string) bool { _, there := o.values[name]; return there }

func (o *object) text(name string) string {
	switch value := o.values[name].(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

func (o *object) object(name string) *object {
	if value, ok := o.values[name].(*object); ok {
		return value
	}
	return nil
}

func (o *object) list(name string) []any { value, _ := o.values[name].([]any); return value }

func newObject(pairs ...any) *object {
	made := &object{values: map[string]any{}}
	for i := 0; i < len(pairs); i += 2 {
		made.set(pairs[i].(string), pairs[i+1])
	}
	return made
}

func parse(octets []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(octets))
	decoder.UseNumber()
	if value, err = parseValue(decoder); err != nil {
		return nil, err
	}
	if _, err = decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more behind the value")
	}
	return value, nil
}

func parseValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		made := newObject()
		for decoder.More() {
			name, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			value, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			made.set(name.(string), value)
		}
		_, err = decoder.Token()
		return made, err
	case json.Delim('['):
		made := []any{}
		for decoder.More() {
			value, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			made = append(made, value)
		}
		_, err = decoder.Token()
		return made, err
	}
	return token, nil
}

// JSON as the bodies have it: spaces behind commas and colons, and \u escapes; or compact, in UTF-8.
func write(value any, spaced bool) string {
	comma, colon := ",", ":"
	if spaced {
		comma, colon = ", ", ": "
	}
	var parts []string
	switch value := value.(type) {
	case *object:
		for _, name := range value.names {
			parts = append(parts, write(name, spaced)+colon+write(value.values[name], spaced))
		}
		return "{" + strings.Join(parts, comma) + "}"
	case []any:
		for _, entry := range value {
			parts = append(parts, write(entry, spaced))
		}
		return "[" + strings.Join(parts, comma) + "]"
	case bool:
		return fmt.Sprint(value)
	case string:
		var out strings.Builder
		out.WriteByte('"')
		for _, r := range value {
			short := strings.IndexRune("\"\\\b\f\n\r\t", r)
			switch {
			case short >= 0:
				out.WriteByte('\\')
				out.WriteByte("\"\\bfnrt"[short])
			case r < 0x20 || (spaced && r >= 0x7f):
				units := []uint16{uint16(r)}
				if r > 0xffff {
					units = utf16.Encode([]rune{r})
				}
				for _, unit := range units {
					fmt.Fprintf(&out, "\\u%04x", unit)
				}
			default:
				out.WriteRune(r)
			}
		}
		out.WriteByte('"')
		return out.String()
	}
	panic(fmt.Sprintf("a value of type %T", value))
}

// ------------------------------------------------------------------------------------- the checks

type refused struct{ name string }
type failure struct{ why string }

func demand(good bool, format string, arguments ...any) {
	if !good {
		panic(failure{fmt.Sprintf(format, arguments...)})
	}
}

func same(name, made, written string) {
	if made != written {
		demand(false, "%s is %.50s, computed %.50s", name, written, made)
	}
}

var unsigned = regexp.MustCompile(`^[0-9A-Fa-f]+$`)
var signed = regexp.MustCompile(`^-?[0-9A-Fa-f]+$`)

func readHex(name, text string, pattern *regexp.Regexp) *big.Int {
	if len([]rune(text)) > 4096 || !pattern.MatchString(text) {
		panic(refused{name})
	}
	value, _ := new(big.Int).SetString(text, 16)
	return value
}

// A value in 1..N-1.
func readRange(name, text string) *big.Int {
	value := readHex(name, text, unsigned)
	if value.Sign() == 0 || value.Cmp(N) >= 0 {
		panic(refused{name})
	}
	return value
}

func deviceX(group, member, password string, salt *big.Int) *big.Int {
	return integer(sha(pad(salt), sha([]byte(group+member+":"+password))))
}

func keyOf(u, S *big.Int) []byte {
	return mac(mac(pad(u), pad(S)), []byte("Caldera Derived Key\x01"))[:16]
}

func clientS(B, x, a, u *big.Int) *big.Int {
	base := new(big.Int).Sub(B, new(big.Int).Mul(k, power(two, x)))
	return power(base, new(big.Int).Add(a, new(big.Int).Mul(u, x)))
}

func serverS(A, v, u, b *big.Int) *big.Int {
	return power(new(big.Int).Mul(A, power(v, u)), b)
}

func computeLogin(input *object) map[string]string {
	var group, member, password string
	given := "password"
	if input.text("kind") == "user" {
		region, after, found := strings.Cut(input.text("pool_id"), "_")
		if !found || region == "" || after == "" {
			panic(refused{"pool_id"})
		}
		group, member = after, input.text("user_id")
	} else {
		group, member, given = input.text("device_group_key"), input.text("device_key"), "device_password"
	}
	password = input.text(given)
	salt := readHex("SALT", input.text("salt"), signed)
	var A, B, a, b, v, x *big.Int
	if input.has("a") {
		B = readRange("SRP_B", input.text("srp_b"))
		a = readHex("a", input.text("a"), unsigned)
	} else {
		A = readRange("SRP_A", input.text("srp_a"))
		b = readHex("b", input.text("b"), unsigned)
	}
	if input.has("verifier") {
		v = readRange("verifier", input.text("verifier"))
	}
	if len(input.text("secret_block")) > 131072 {
		panic(refused{"SECRET_BLOCK"})
	}
	block := decodeBlock(input.text("secret_block"))
	if len(block) == 0 {
		panic(refused{"SECRET_BLOCK"})
	}

	made := map[string]string{}
	if input.has(given) {
		x = deviceX(group, member, password, salt)
		made["x"] = x.Text(16)
		v = power(two, x)
	}
	if a != nil {
		A = power(two, a)
	} else {
		B = new(big.Int).Mod(new(big.Int).Add(new(big.Int).Mul(k, v), power(two, b)), N)
	}
	u := integer(sha(pad(A), pad(B)))
	var S *big.Int
	if a != nil {
		S = clientS(B, x, a, u)
	} else {
		S = serverS(A, v, u, b)
	}
	key := keyOf(u, S)
	message := [][]byte{[]byte(group + member), block, []byte(input.text("timestamp"))}
	made["srp_a"], made["srp_b"], made["verifier"] = A.Text(16), B.Text(16), v.Text(16)
	made["u"], made["s"], made["key"] = u.Text(16), S.Text(16), hex.EncodeToString(key)
	made["signature"] = encode(mac(key, message...))
	return made
}

func compare(made map[string]string, expected *object) {
	demand(len(made) == len(expected.names), "expected has %v", expected.names)
	for name, value := range made {
		same(name, value, expected.text(name))
	}
}

func checkLogin(test *object) {
	input := test.object("input")
	if input.has("moment") {
		moment, err := time.Parse(time.RFC3339, input.text("moment"))
		demand(err == nil, "the moment cannot be read")
		same("timestamp", timestamp(moment), input.text("timestamp"))
	}
	if test.has("expected") {
		compare(computeLogin(input), test.object("expected"))
		return
	}
	wanted := test.text("refused")
	defer func() {
		switch problem := recover().(type) {
		case nil:
		case refused:
			same("refused", problem.name, wanted)
		default:
			panic(problem)
		}
	}()
	made := computeLogin(input)
	demand(members[wanted] != "", "%s was not refused", wanted)
	differs(test, made)
}

func timestamp(moment time.Time) string {
	return moment.UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
}

func checkTimestamp(test *object) {
	input := test.object("input")
	moment, err := time.Parse(time.RFC3339, input.text("moment"))
	demand(err == nil, "the moment cannot be read")
	same("milliseconds", fmt.Sprint(moment.UnixMilli()), input.text("milliseconds"))
	checkMade(test, map[string]string{"timestamp": timestamp(moment)})
}

func checkSecretHash(test *object) {
	input := test.object("input")
	made := mac([]byte(input.text("client_secret")), []byte(input.text("username")+input.text("client_id")))
	checkMade(test, map[string]string{"secret_hash": encode(made)})
}

func checkRegistration(test *object) {
	input := test.object("input")
	salt := readHex("salt", input.text("salt"), unsigned)
	x := deviceX(input.text("device_group_key"), input.text("device_key"), input.text("device_password"), salt)
	v := power(two, x)
	made := map[string]string{"PasswordVerifier": encode(pad(v)), "Salt": encode(pad(salt))}
	if test.has("expected") {
		made["x"], made["verifier"] = x.Text(16), v.Text(16)
	}
	checkMade(test, made)
}

func checkSharedSecret(test *object) {
	input := test.object("input")
	value := func(name string) *big.Int { return readHex(name, input.text(name), unsigned) }
	u := value("u")
	if !test.has("expected") {
		demand(u.Sign() == 0, "u is not 0")
		return
	}
	var S *big.Int
	if input.text("side") == "client" {
		S = clientS(value("srp_b"), value("x"), value("a"), u)
	} else {
		S = serverS(value("srp_a"), value("verifier"), u, value("b"))
	}
	checkMade(test, map[string]string{"s": S.Text(16), "key": hex.EncodeToString(keyOf(u, S))})
}

// What is made is what is expected; or it is not what a program with the mistake sends.
func checkMade(test *object, made map[string]string) {
	if test.has("expected") {
		compare(made, test.object("expected"))
		return
	}
	differs(test, made)
}

// The member of the input that holds what is refused, where a program makes it and does not read it.
var members = map[string]string{
	"PASSWORD_CLAIM_SIGNATURE": "signature", "TIMESTAMP": "timestamp", "SECRET_HASH": "secret_hash",
	"PasswordVerifier": "PasswordVerifier",
}

func differs(test *object, made map[string]string) {
	input, name := test.object("input"), members[test.text("refused")]
	demand(input.has(name), "the input has no %s", name)
	demand(made[name] != input.text(name), "the %s to be refused is the right one", name)
}

// ------------------------------------------------------------------------------------- requests

// The order of members, as docs/protocol.md has it.
var order = map[string][]string{
	"arguments": strings.Fields(`UserPoolId AuthFlow RefreshToken Token UserCode AccessToken ClientId ChallengeName
		AuthParameters ChallengeResponses Username ClientSecret DeviceKey RevokeAssociatedSessions ConfirmationCode
		Password ForceAliasCreation DeviceSecretVerifierConfig DeviceRememberedStatus UserAttributes ValidationData
		Session DeviceName FriendlyDeviceName SecretHash AnalyticsMetadata UserContextData ClientMetadata
		ContextData`),
	"ChallengeResponses": strings.Fields(`USERNAME ANSWER others PASSWORD_CLAIM_SECRET_BLOCK PASSWORD_CLAIM_SIGNATURE
		TIMESTAMP SMS_MFA_CODE EMAIL_OTP_CODE SMS_OTP_CODE SOFTWARE_TOKEN_MFA_CODE EMAIL NEW_PASSWORD userAttributes
		PASSWORD SRP_A CREDENTIAL DEVICE_KEY SECRET_HASH`),
	"AuthParameters": strings.Fields(`USERNAME REFRESH_TOKEN PREFERRED_CHALLENGE CHALLENGE_NAME PASSWORD SRP_A
		TARGET_ACR_VALUES MAX_AGE ACCESS_TOKEN DEVICE_KEY SECRET_HASH`),
}

var codes = map[string]string{
	"SMS_MFA": "SMS_MFA_CODE", "EMAIL_OTP": "EMAIL_OTP_CODE", "SMS_OTP": "SMS_OTP_CODE",
	"SOFTWARE_TOKEN_MFA": "SOFTWARE_TOKEN_MFA_CODE",
}

// The members of the input that become a key of the same value.
func renamed(input *object, pairs ...string) map[string]any {
	made := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		if input.has(pairs[i]) {
			made[pairs[i+1]] = input.values[pairs[i]]
		}
	}
	return made
}

// The members in the order of the documents; some stand for several.
func arranged(place string, made map[string]any) *object {
	result := newObject()
	for _, name := range order[place] {
		value, there := made[name]
		if !there {
			continue
		}
		delete(made, name)
		switch {
		case name == "others":
			for _, inner := range value.(*object).names {
				result.set(inner, value.(*object).values[inner])
			}
		case name == "userAttributes":
			for _, inner := range value.(*object).names {
				result.set(name+"."+inner, value.(*object).values[inner])
			}
		default:
			result.set(name, value)
		}
	}
	demand(len(made) == 0, "no place for %v", made)
	return result
}

func pairsOf(values *object, name, value string) []any {
	made := []any{}
	for _, key := range values.names {
		made = append(made, newObject(name, key, value, values.values[key]))
	}
	return made
}

func addContext(input *object, made map[string]any) {
	if input.has("analytics_endpoint_id") {
		made["AnalyticsMetadata"] = newObject("AnalyticsEndpointId", input.values["analytics_endpoint_id"])
	}
	if input.has("client_metadata") {
		made["ClientMetadata"] = input.values["client_metadata"]
	}
	data := newObject()
	if input.has("ip_address") {
		data.set("IpAddress", input.values["ip_address"])
	}
	if admin := input.object("admin"); admin != nil {
		made["UserPoolId"] = admin.values["pool_id"]
		if !admin.has("server_name") {
			return
		}
		data.set("ServerName", admin.values["server_name"])
		data.set("ServerPath", admin.values["server_path"])
		data.set("HttpHeaders", pairsOf(admin.object("http_headers"), "headerName", "headerValue"))
		made["ContextData"] = data
	} else if input.has("ip_address") || input.has("encoded_data") {
		made["UserContextData"] = data
	}
	if input.has("encoded_data") {
		data.set("EncodedData", input.values["encoded_data"])
	}
}

func addHash(input *object, name string, made map[string]any) {
	if input.has("client_secret") {
		hash := mac([]byte(input.text("client_secret")), []byte(input.text("username")+input.text("client_id")))
		made[name] = encode(hash)
	}
}

func build(kind string, input *object) (string, map[string]any) {
	prefix := ""
	if input.has("admin") {
		prefix = "Admin"
	}
	switch kind {
	case "Answer":
		made := renamed(input, "client_id", "ClientId", "challenge", "ChallengeName", "session", "Session")
		responses := renamed(input, "username", "USERNAME", "secret_block", "PASSWORD_CLAIM_SECRET_BLOCK",
			"signature", "PASSWORD_CLAIM_SIGNATURE", "timestamp", "TIMESTAMP", "choice", "ANSWER", "answer", "ANSWER",
			"password", "PASSWORD", "new_password", "NEW_PASSWORD", "attributes", "userAttributes", "email", "EMAIL",
			"srp_a", "SRP_A", "credential", "CREDENTIAL", "others", "others", "device_key", "DEVICE_KEY",
			"code", codes[input.text("challenge")])
		addHash(input, "SECRET_HASH", responses)
		made["ChallengeResponses"] = arranged("ChallengeResponses", responses)
		addContext(input, made)
		return prefix + "RespondToAuthChallenge", made
	case "Beginning":
		made := renamed(input, "client_id", "ClientId", "flow", "AuthFlow", "session", "Session")
		parameters := renamed(input, "username", "USERNAME", "preferred_challenge", "PREFERRED_CHALLENGE",
			"password", "PASSWORD", "srp_a", "SRP_A", "access_token", "ACCESS_TOKEN",
			"refresh_token", "REFRESH_TOKEN", "device_key", "DEVICE_KEY")
		switch {
		case input.text("flow") == "REFRESH_TOKEN_AUTH":
			delete(parameters, "USERNAME")
		case input.text("flow") == "CUSTOM_AUTH" && input.has("srp_a"):
			parameters["CHALLENGE_NAME"] = "SRP_A"
		}
		if input.has("target_acr_values") {
			parameters["TARGET_ACR_VALUES"] = strings.Trim(fmt.Sprint(input.list("target_acr_values")), "[]")
		}
		if input.has("max_age") {
			parameters["MAX_AGE"] = input.text("max_age")
		}
		addHash(input, "SECRET_HASH", parameters)
		made["AuthParameters"] = arranged("AuthParameters", parameters)
		addContext(input, made)
		return prefix + "InitiateAuth", made
	case "Account":
		made := renamed(input, "client_id", "ClientId", "username", "Username", "password", "Password",
			"new_password", "Password", "code", "ConfirmationCode", "force_alias_creation", "ForceAliasCreation",
			"session", "Session")
		if input.has("attributes") {
			made["UserAttributes"] = pairsOf(input.object("attributes"), "Name", "Value")
		}
		if input.has("validation_data") {
			made["ValidationData"] = pairsOf(input.object("validation_data"), "Name", "Value")
		}
		addHash(input, "SecretHash", made)
		addContext(input, made)
		return input.text("operation"), made
	case "RefreshToken":
		token := "RefreshToken"
		if input.text("operation") == "RevokeToken" {
			token = "Token"
		}
		return input.text("operation"), renamed(input, "refresh_token", token, "client_id", "ClientId",
			"client_secret", "ClientSecret", "device_key", "DeviceKey", "client_metadata", "ClientMetadata",
			"revoke_associated_sessions", "RevokeAssociatedSessions")
	case "Possession":
		made := renamed(input, "access_token", "AccessToken", "session", "Session", "device_key", "DeviceKey",
			"device_name", "DeviceName", "code", "UserCode", "friendly_device_name", "FriendlyDeviceName")
		if input.has("verifier") {
			made["DeviceSecretVerifierConfig"] = newObject(
				"PasswordVerifier", encode(pad(readHex("verifier", input.text("verifier"), unsigned))),
				"Salt", encode(pad(readHex("salt", input.text("salt"), unsigned))))
		}
		if remembered, there := input.values["remembered"]; there {
			made["DeviceRememberedStatus"] = map[any]string{true: "remembered", false: "not_remembered"}[remembered]
		}
		return input.text("operation"), made
	}
	panic(failure{"a request of type " + kind})
}

func checkRequest(kind string, test *object) {
	expected := test.object("expected")
	operation, members := build(kind, test.object("input"))
	same("operation", operation, expected.text("operation"))
	headers := newObject("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation,
		"Content-Type", "application/x-amz-json-1.1")
	demand(len(headers.names) == len(expected.object("headers").names), "the headers differ")
	for _, name := range headers.names {
		same(name, headers.text(name), expected.object("headers").text(name))
	}
	made := write(arranged("arguments", members), true)
	same("body", made, expected.text("body"))
	same("arguments", made, write(expected.values["arguments"], true))
}

func checkEncodedData(test *object) {
	input, expected := test.object("input"), test.object("expected")
	payload := write(newObject("contextData", input.object("context_data"), "username", input.text("username"),
		"userPoolId", input.text("pool_id"), "timestamp", input.text("milliseconds")), false)
	same("payload", payload, expected.text("payload"))
	signature := encode(mac([]byte(input.text("client_id")), []byte("ANDROID20171114"+payload)))
	same("signature", signature, expected.text("signature"))
	whole := write(newObject("payload", payload, "signature", signature, "version", "ANDROID20171114"), false)
	same("encoded_data", encode([]byte(whole)), expected.text("encoded_data"))
}

// ------------------------------------------------------------------------------------- accumulated

type stream struct {
	seed    string
	counter uint32
	held    []byte
}

func (s *stream) take(n int) []byte {
	for len(s.held) < n {
		var counter [4]byte
		binary.BigEndian.PutUint32(counter[:], s.counter)
		s.held = append(s.held, sha([]byte(s.seed), counter[:])...)
		s.counter++
	}
	taken := s.held[:n:n]
	s.held = s.held[n:]
	return taken
}

func (s *stream) octet() int { return int(s.take(1)[0]) }

func (s *stream) letters(most int, alphabet string) string {
	made := make([]byte, 1+s.octet()%most)
	for i := range made {
		made[i] = alphabet[s.octet()%len(alphabet)]
	}
	return string(made)
}

func (s *stream) text() string {
	made := make([]rune, 1+s.octet()%24)
	for i := range made {
		w := int(binary.BigEndian.Uint16(s.take(2)))
		m := w / 8
		switch w % 8 {
		case 4:
			made[i] = rune(0xC0 + m%64)
		case 5:
			made[i] = rune(0x300 + m%112)
		case 6:
			made[i] = rune(0x4E00 + m)
		case 7:
			made[i] = rune(0x1F600 + m%80)
		default:
			made[i] = rune(0x21 + m%94)
		}
	}
	return string(made)
}

func (s *stream) login(number int) *object {
	const D = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	input := newObject()
	var group, member, password string
	if number%2 == 0 {
		group, member, password = s.letters(9, D), s.text(), s.text()
		for i, value := range []string{"user", "us-east-1_" + group, member, password} {
			input.set([]string{"kind", "pool_id", "user_id", "password"}[i], value)
		}
	} else {
		group = s.letters(16, D+"-_")
		digits := hex.EncodeToString(s.take(16))
		member = "us-east-1_" + strings.Join(
			[]string{digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]}, "-")
		password = encode(s.take(40))
		for i, value := range []string{"device", group, member, password} {
			input.set([]string{"kind", "device_group_key", "device_key", "device_password"}[i], value)
		}
	}
	salt := integer(s.take(1 + s.octet()%17))
	a, b := integer(s.take(32)), integer(s.take(32))
	block := s.take(1 + s.octet()%64)
	moment := time.Unix(int64(binary.BigEndian.Uint32(s.take(4))), 0)
	v := power(two, deviceX(group, member, password, salt))
	B := new(big.Int).Mod(new(big.Int).Add(new(big.Int).Mul(k, v), power(two, b)), N)
	input.set("salt", salt.Text(16))
	input.set("a", a.Text(16))
	input.set("srp_b", B.Text(16))
	input.set("secret_block", encode(block))
	input.set("moment", moment.UTC().Format(time.RFC3339))
	input.set("timestamp", timestamp(moment))
	return input
}

func checkAccumulated(file *object, most int) {
	wanted := map[string]string{}
	for _, result := range file.list("results") {
		wanted[result.(*object).text("exchanges")] = result.(*object).text("sha256")
	}
	from := &stream{seed: file.text("seed")}
	lines := sha256.New()
	for i := 0; i < most; i++ {
		input := from.login(i)
		io.WriteString(lines, computeLogin(input)["signature"]+"\n")
		if i < 2 {
			sample := file.list("samples")[i].(*object)
			check(fmt.Sprintf("sample %d", i), func() {
				given := sample.object("input")
				demand(len(given.names) == len(input.names), "the input has %v", given.names)
				for _, name := range given.names {
					same(name, input.text(name), given.text(name))
				}
				compare(computeLogin(given), sample.object("expected"))
			})
		}
		if digest, there := wanted[fmt.Sprint(i+1)]; there {
			check(fmt.Sprintf("%d exchanges", i+1), func() {
				same("the hash", hex.EncodeToString(lines.Sum(nil)), digest)
			})
		}
	}
}

// ------------------------------------------------------------------------------------- all of it

var passed, failed, otherwise int

func said(problem any) string {
	switch problem := problem.(type) {
	case failure:
		return problem.why
	case refused:
		return problem.name + " was refused"
	}
	panic(problem)
}

func check(name string, run func()) {
	defer func() {
		problem := recover()
		if problem == nil {
			passed++
			return
		}
		fmt.Printf("    %s: %s\n", name, said(problem))
		failed++
	}()
	run()
}

// An acceptable test that comes out otherwise is reported; every other one fails.
func reported(test *object, run func(*object)) {
	defer func() {
		problem := recover()
		if problem == nil {
			return
		}
		if test.text("result") != "acceptable" {
			panic(problem)
		}
		fmt.Printf("  acceptable: %s (%s): %s\n", test.text("id"), test.text("comment"), said(problem))
		otherwise++
	}()
	run(test)
}

func unusable(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(2)
}

func read(folder, name string) []byte {
	octets, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		unusable("%s cannot be read: %s", name, err.(*os.PathError).Err)
	}
	return octets
}

func parseFile(name string, octets []byte) *object {
	value, err := parse(octets)
	file, ok := value.(*object)
	if err != nil || !ok {
		unusable("%s is cut or damaged: it is not JSON", name)
	}
	return file
}

func main() {
	_, source, _, _ := runtime.Caller(0)
	folder, most := filepath.Join(filepath.Dir(source), "v1"), 25
	for _, argument := range os.Args[1:] {
		if argument == "--all" {
			most = 1000
		} else {
			folder = argument
		}
	}
	manifest := parseFile("manifest.json", read(folder, "manifest.json"))
	version := manifest.text("version")
	if manifest.text("suite") != "cognito-srp-vectors" || !strings.HasPrefix(version, "1.") {
		unusable("manifest.json has version %s, expected version 1 of these vectors", version)
	}
	files := map[string]*object{}
	listed := manifest.object("files")
	for _, name := range listed.names {
		octets := read(folder, name)
		found, wanted := hex.EncodeToString(sha(octets)), listed.object(name).text("sha256")
		file := parseFile(name, octets)
		if found != wanted {
			if file.has("version") && file.text("version") != version {
				unusable("%s has version %s, expected %s", name, file.text("version"), version)
			}
			unusable("%s was changed: its SHA-256 is %s, expected %s", name, found, wanted)
		}
		files[name] = file
	}

	checks := map[string]func(*object){
		"UserLogin": checkLogin, "DeviceLogin": checkLogin,
		"UserVerification": checkLogin, "DeviceVerification": checkLogin,
		"SharedSecret": checkSharedSecret, "Timestamp": checkTimestamp, "SecretHash": checkSecretHash,
		"DeviceRegistration": checkRegistration, "EncodedData": checkEncodedData,
	}
	for _, kind := range []string{"Answer", "Beginning", "Account", "RefreshToken", "Possession"} {
		kind := kind
		checks[kind] = func(test *object) { checkRequest(kind, test) }
	}
	names := append([]string{}, listed.names...)
	sort.Strings(names)
	for _, name := range names {
		count := 0
		before := passed
		for _, group := range files[name].list("testGroups") {
			group := group.(*object)
			for _, test := range group.list("tests") {
				test := test.(*object)
				count++
				about := fmt.Sprintf("%s (%s)", test.text("id"), test.text("comment"))
				check(about, func() { reported(test, checks[group.text("type")]) })
			}
		}
		if count > 0 {
			fmt.Printf("%s: %d of %d passed\n", name, passed-before, count)
			check(name, func() { same("numberOfTests", fmt.Sprint(count), files[name].text("numberOfTests")) })
		}
	}
	checkAccumulated(files["accumulated.json"], most)
	last := ""
	if otherwise > 0 {
		last = fmt.Sprintf(", %d acceptable tests came out otherwise", otherwise)
	}
	fmt.Printf("%d passed, %d failed%s\n", passed, failed, last)
	if failed > 0 {
		os.Exit(1)
	}
}
