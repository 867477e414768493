// A checker of the vectors in Java 17, with nothing but its standard library.
//
//     java vectors/Check.java [--all] [FOLDER]
//
// It reads vectors/v1, from the project's folder, or the folder that is given.
//
// It was written from vectors/README.md and docs/protocol.md. What those pages say is refused is refused here;
// an invalid claim need only differ from the one that is computed. An acceptable test that comes out otherwise is
// reported, and does not fail. The program ends with status 2 and a sentence if the files cannot be used, and with
// status 1 if a test failed.

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

public class Check {
    static final BigInteger N = new BigInteger(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
        + "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
        + "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
        + "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
        + "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
        + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
        + "3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33"
        + "A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
        + "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864"
        + "D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2"
        + "08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF", 16);
    static final BigInteger TWO = BigInteger.TWO;
    static final BigInteger K = integer(sha(N.toByteArray(), TWO.toByteArray()));

    // ----------------------------------------------------------------------------- bytes

    static byte[] joined(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    static byte[] sha(byte[]... parts) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(joined(parts));
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    static byte[] mac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(joined(parts));
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException(error);
        }
    }

    static byte[] utf8(String text) { return text.getBytes(UTF_8); }

    static BigInteger integer(byte[] octets) { return new BigInteger(1, octets); }

    static String hex(BigInteger number) { return number.toString(16); }

    static String hex(byte[] octets) { return HexFormat.of().formatHex(octets); }

    static String base64(byte[] octets) { return Base64.getEncoder().encodeToString(octets); }

    // The letters of both alphabets up to the first "="; the rest is skipped.
    static byte[] decodeBlock(String text) {
        int end = text.indexOf('=');
        String letters = (end < 0 ? text : text.substring(0, end)).replace('-', '+').replace('_', '/');
        letters = letters.replaceAll("[^A-Za-z0-9+/]", "");
        if (letters.length() % 4 == 1) letters = letters.substring(0, letters.length() - 1);
        // Bits that fill no byte are dropped, which Java's decoder would refuse.
        byte[] made = new byte[letters.length() * 6 / 8];
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        int held = 0, bits = 0, at = 0;
        for (char letter : letters.toCharArray()) {
            held = (held << 6 | alphabet.indexOf(letter)) & 0xffff;
            bits += 6;
            if (bits >= 8) {
                bits -= 8;
                made[at++] = (byte) (held >> bits);
            }
        }
        return made;
    }

    // ----------------------------------------------------------------------------- JSON

    static class Json {
        final String text;
        int at;

        Json(String text) { this.text = text; }

        static Object parse(byte[] octets) {
            Json json = new Json(new String(octets, UTF_8));
            Object value = json.value();
            json.space();
            if (json.at < json.text.length()) throw new IllegalArgumentException("more behind the value");
            return value;
        }

        char next() {
            if (at >= text.length()) throw new IllegalArgumentException("the end");
            return text.charAt(at++);
        }

        void space() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
        }

        boolean follows(char wanted) {
            space();
            if (at < text.length() && text.charAt(at) == wanted) {
                at++;
                return true;
            }
            return false;
        }

        void expect(char wanted) {
            if (!follows(wanted)) throw new IllegalArgumentException("expected " + wanted);
        }

        Object value() {
            if (follows('{')) {
                var made = new LinkedHashMap<String, Object>();
                if (follows('}')) return made;
                do {
                    expect('"');
                    String name = string();
                    expect(':');
                    made.put(name, value());
                } while (follows(','));
                expect('}');
                return made;
            }
            if (follows('[')) {
                var made = new ArrayList<Object>();
                if (follows(']')) return made;
                do made.add(value()); while (follows(','));
                expect(']');
                return made;
            }
            if (follows('"')) return string();
            for (String word : List.of("true", "false", "null")) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("null") ? null : (Object) word.equals("true");
                }
            }
            int from = at;
            while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) at++;
            return Long.valueOf(text.substring(from, at));
        }

        String string() {
            var made = new StringBuilder();
            for (char letter = next(); letter != '"'; letter = next()) {
                if (letter != '\\') {
                    made.append(letter);
                    continue;
                }
                char escaped = next();
                if (escaped == 'u') {
                    if (at + 4 > text.length()) throw new IllegalArgumentException("the end");
                    made.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else {
                    int which = "bfnrt".indexOf(escaped);
                    made.append(which < 0 ? escaped : "\b\f\n\r\t".charAt(which));
                }
            }
            return made.toString();
        }

        // As the bodies have it: spaces behind commas and colons, and \\u escapes; or compact, in UTF-8.
        static String write(Object value, boolean spaced) {
            String comma = spaced ? ", " : ",", colon = spaced ? ": " : ":";
            var parts = new ArrayList<String>();
            if (value instanceof Map<?, ?> map) {
                map.forEach((name, it) -> parts.add(write(name, spaced) + colon + write(it, spaced)));
                return "{" + String.join(comma, parts) + "}";
            }
            if (value instanceof List<?> list) {
                for (Object it : list) parts.add(write(it, spaced));
                return "[" + String.join(comma, parts) + "]";
            }
            if (!(value instanceof String)) return String.valueOf(value);
            var made = new StringBuilder("\"");
            for (char unit : ((String) value).toCharArray()) {
                int which = "\"\\\b\f\n\r\t".indexOf(unit);
                if (which >= 0) made.append('\\').append("\"\\bfnrt".charAt(which));
                else if (unit < 0x20 || spaced && unit >= 0x7f) made.append(String.format("\\u%04x", (int) unit));
                else made.append(unit);
            }
            return made.append('"').toString();
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) { return (Map<String, Object>) value; }

    static String text(Map<String, Object> from, String name) { return String.valueOf(from.get(name)); }

    // ----------------------------------------------------------------------------- the protocol

    static class Refused extends RuntimeException {
        Refused(String name) { super(name); }
    }

    static class Failure extends RuntimeException {
        Failure(String why) { super(why); }
    }

    static void demand(boolean good, String why) {
        if (!good) throw new Failure(why);
    }

    static void same(String name, Object made, Object written) {
        if (!String.valueOf(made).equals(String.valueOf(written))) {
            demand(false, "%s is %.50s, computed %.50s".formatted(name, written, made));
        }
    }

    static final Pattern UNSIGNED = Pattern.compile("[0-9A-Fa-f]+"), SIGNED = Pattern.compile("-?[0-9A-Fa-f]+");

    static BigInteger readHex(String name, Map<String, Object> from, String member, Pattern pattern) {
        String value = text(from, member);
        if (value.length() > 4096 || !pattern.matcher(value).matches()) throw new Refused(name);
        return new BigInteger(value, 16);
    }

    static BigInteger readHex(Map<String, Object> from, String member) {
        return readHex(member, from, member, UNSIGNED);
    }

    // A value in 1..N-1.
    static BigInteger readRange(String name, Map<String, Object> from, String member) {
        BigInteger value = readHex(name, from, member, UNSIGNED);
        if (value.signum() == 0 || value.compareTo(N) >= 0) throw new Refused(name);
        return value;
    }

    static BigInteger x(String names, String password, BigInteger salt) {
        return integer(sha(salt.toByteArray(), sha(utf8(names + ":" + password))));
    }

    static BigInteger publicB(BigInteger b, BigInteger v) {
        return K.multiply(v).add(TWO.modPow(b, N)).mod(N);
    }

    static BigInteger clientS(BigInteger B, BigInteger x, BigInteger a, BigInteger u) {
        return B.subtract(K.multiply(TWO.modPow(x, N))).modPow(a.add(u.multiply(x)), N);
    }

    static BigInteger serverS(BigInteger A, BigInteger v, BigInteger u, BigInteger b) {
        return A.multiply(v.modPow(u, N)).modPow(b, N);
    }

    static byte[] key(BigInteger u, BigInteger S) {
        byte[] prk = mac(u.toByteArray(), S.toByteArray());
        return Arrays.copyOf(mac(prk, utf8("Caldera Derived Key"), new byte[] {1}), 16);
    }

    static Map<String, Object> computeLogin(Map<String, Object> input) {
        String names, given = "password";
        if (input.get("kind").equals("user")) {
            String pool = text(input, "pool_id");
            int at = pool.indexOf('_');
            if (at <= 0 || at == pool.length() - 1) throw new Refused("pool_id");
            names = pool.substring(at + 1) + text(input, "user_id");
        } else {
            names = text(input, "device_group_key") + text(input, "device_key");
            given = "device_password";
        }
        BigInteger salt = readHex("SALT", input, "salt", SIGNED);
        BigInteger A = null, B = null, a = null, b = null, v = null, x = null;
        if (input.containsKey("a")) {
            B = readRange("SRP_B", input, "srp_b");
            a = readHex(input, "a");
        } else {
            A = readRange("SRP_A", input, "srp_a");
            b = readHex(input, "b");
        }
        if (input.containsKey("verifier")) v = readRange("verifier", input, "verifier");
        if (text(input, "secret_block").length() > 131072) throw new Refused("SECRET_BLOCK");
        byte[] block = decodeBlock(text(input, "secret_block"));
        if (block.length == 0) throw new Refused("SECRET_BLOCK");

        var made = new TreeMap<String, Object>();
        if (input.containsKey(given)) {
            x = x(names, text(input, given), salt);
            made.put("x", hex(x));
            v = TWO.modPow(x, N);
        }
        if (a != null) A = TWO.modPow(a, N);
        else B = publicB(b, v);
        BigInteger u = integer(sha(A.toByteArray(), B.toByteArray()));
        BigInteger S = a != null ? clientS(B, x, a, u) : serverS(A, v, u, b);
        byte[] key = key(u, S);
        made.put("srp_a", hex(A));
        made.put("srp_b", hex(B));
        made.put("verifier", hex(v));
        made.put("u", hex(u));
        made.put("s", hex(S));
        made.put("key", hex(key));
        made.put("signature", base64(mac(key, utf8(names), block, utf8(text(input, "timestamp")))));
        return made;
    }

    static String timestamp(Instant moment) {
        return DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss 'UTC' yyyy", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC).format(moment);
    }

    // ----------------------------------------------------------------------------- the tests

    static void compare(Map<String, Object> made, Map<String, Object> expected) {
        same("the list of values", new TreeMap<>(made).keySet(), new TreeMap<>(expected).keySet());
        made.forEach((name, value) -> same(name, value, expected.get(name)));
    }

    // What is made is what is expected; or it is not what a program with the mistake sends.
    static void checkMade(Map<String, Object> test, Map<String, Object> made) {
        if (test.containsKey("expected")) {
            compare(made, object(test.get("expected")));
            return;
        }
        differs(test, made);
    }

    // The member of the input that holds what is refused, where a program makes it and does not read it.
    static final Map<String, String> MEMBERS = Map.of("PASSWORD_CLAIM_SIGNATURE", "signature", "TIMESTAMP", "timestamp",
        "SECRET_HASH", "secret_hash", "PasswordVerifier", "PasswordVerifier");

    static void differs(Map<String, Object> test, Map<String, Object> made) {
        var input = object(test.get("input"));
        String name = MEMBERS.get(text(test, "refused"));
        demand(input.containsKey(name), "the input has no " + name);
        demand(!input.get(name).equals(made.get(name)), "the " + name + " to be refused is the right one");
    }

    static void checkLogin(Map<String, Object> test) {
        var input = object(test.get("input"));
        if (input.containsKey("moment")) {
            same("timestamp", timestamp(Instant.parse(text(input, "moment"))), input.get("timestamp"));
        }
        if (test.containsKey("expected")) {
            compare(computeLogin(input), object(test.get("expected")));
            return;
        }
        Map<String, Object> made;
        try {
            made = computeLogin(input);
        } catch (Refused refused) {
            same("refused", refused.getMessage(), test.get("refused"));
            return;
        }
        demand(MEMBERS.containsKey(text(test, "refused")), test.get("refused") + " was not refused");
        differs(test, made);
    }

    static void checkTimestamp(Map<String, Object> test) {
        var input = object(test.get("input"));
        Instant moment = OffsetDateTime.parse(text(input, "moment")).toInstant();
        same("milliseconds", moment.toEpochMilli(), input.get("milliseconds"));
        checkMade(test, Map.of("timestamp", timestamp(moment)));
    }

    static String secretHash(Map<String, Object> input) {
        byte[] message = utf8(text(input, "username") + text(input, "client_id"));
        return base64(mac(utf8(text(input, "client_secret")), message));
    }

    static void checkRegistration(Map<String, Object> test) {
        var input = object(test.get("input"));
        BigInteger salt = readHex(input, "salt");
        String names = text(input, "device_group_key") + text(input, "device_key");
        BigInteger x = x(names, text(input, "device_password"), salt), v = TWO.modPow(x, N);
        var made = new TreeMap<String, Object>(deviceConfig(v, salt));
        if (test.containsKey("expected")) {
            made.put("x", hex(x));
            made.put("verifier", hex(v));
        }
        checkMade(test, made);
    }

    static Map<String, Object> deviceConfig(BigInteger v, BigInteger salt) {
        var made = new LinkedHashMap<String, Object>();
        made.put("PasswordVerifier", base64(v.toByteArray()));
        made.put("Salt", base64(salt.toByteArray()));
        return made;
    }

    static void checkSharedSecret(Map<String, Object> test) {
        var input = object(test.get("input"));
        BigInteger u = readHex(input, "u");
        if (!test.containsKey("expected")) {
            demand(u.signum() == 0, "u is not 0");
            return;
        }
        BigInteger S = input.get("side").equals("client")
            ? clientS(readHex(input, "srp_b"), readHex(input, "x"), readHex(input, "a"), u)
            : serverS(readHex(input, "srp_a"), readHex(input, "verifier"), u, readHex(input, "b"));
        checkMade(test, Map.of("s", hex(S), "key", hex(key(u, S))));
    }

    // ----------------------------------------------------------------------------- requests

    // The order of members, as docs/protocol.md has it.
    static final Map<String, String> ORDER = Map.of(
        "arguments", "UserPoolId AuthFlow RefreshToken Token UserCode AccessToken ClientId ChallengeName"
            + " AuthParameters ChallengeResponses Username ClientSecret DeviceKey RevokeAssociatedSessions"
            + " ConfirmationCode Password ForceAliasCreation DeviceSecretVerifierConfig DeviceRememberedStatus"
            + " UserAttributes ValidationData Session DeviceName FriendlyDeviceName SecretHash AnalyticsMetadata"
            + " UserContextData ClientMetadata ContextData",
        "ChallengeResponses", "USERNAME ANSWER others PASSWORD_CLAIM_SECRET_BLOCK PASSWORD_CLAIM_SIGNATURE"
            + " TIMESTAMP SMS_MFA_CODE EMAIL_OTP_CODE SMS_OTP_CODE SOFTWARE_TOKEN_MFA_CODE EMAIL NEW_PASSWORD"
            + " userAttributes PASSWORD SRP_A CREDENTIAL DEVICE_KEY SECRET_HASH",
        "AuthParameters", "USERNAME REFRESH_TOKEN PREFERRED_CHALLENGE CHALLENGE_NAME PASSWORD SRP_A"
            + " TARGET_ACR_VALUES MAX_AGE ACCESS_TOKEN DEVICE_KEY SECRET_HASH");

    static final Map<String, String> CODES = Map.of("SMS_MFA", "SMS_MFA_CODE", "EMAIL_OTP", "EMAIL_OTP_CODE",
        "SMS_OTP", "SMS_OTP_CODE", "SOFTWARE_TOKEN_MFA", "SOFTWARE_TOKEN_MFA_CODE");

    // The members of the input that become a key of the same value: "member key, member key".
    static Map<String, Object> renamed(Map<String, Object> input, String table) {
        var made = new LinkedHashMap<String, Object>();
        for (String row : table.split(", ")) {
            String[] names = row.split(" ");
            if (input.containsKey(names[0])) made.put(names[1], input.get(names[0]));
        }
        return made;
    }

    // The members in the order of the documents; some stand for several.
    static Map<String, Object> arranged(String place, Map<String, Object> made) {
        var result = new LinkedHashMap<String, Object>();
        for (String name : ORDER.get(place).split(" ")) {
            if (!made.containsKey(name)) continue;
            Object value = made.remove(name);
            if (name.equals("others")) result.putAll(object(value));
            else if (name.equals("userAttributes")) object(value).forEach((key, it) -> result.put(name + "." + key, it));
            else result.put(name, value);
        }
        demand(made.isEmpty(), "no place for " + made.keySet());
        return result;
    }

    static List<Object> pairs(Object values, String name, String value) {
        var made = new ArrayList<Object>();
        object(values).forEach((key, it) -> {
            var pair = new LinkedHashMap<String, Object>();
            pair.put(name, key);
            pair.put(value, it);
            made.add(pair);
        });
        return made;
    }

    static void addContext(Map<String, Object> input, Map<String, Object> made) {
        if (input.containsKey("analytics_endpoint_id")) {
            made.put("AnalyticsMetadata", renamed(input, "analytics_endpoint_id AnalyticsEndpointId"));
        }
        made.putAll(renamed(input, "client_metadata ClientMetadata"));
        var data = new LinkedHashMap<>(renamed(input, "ip_address IpAddress"));
        var encoded = renamed(input, "encoded_data EncodedData");
        var admin = object(input.get("admin"));
        if (admin != null) {
            made.put("UserPoolId", admin.get("pool_id"));
            if (!admin.containsKey("server_name")) return;
            data.putAll(renamed(admin, "server_name ServerName, server_path ServerPath"));
            data.put("HttpHeaders", pairs(admin.get("http_headers"), "headerName", "headerValue"));
            data.putAll(encoded);
            made.put("ContextData", data);
            return;
        }
        data.putAll(encoded);
        if (!data.isEmpty()) made.put("UserContextData", data);
    }

    static void addHash(Map<String, Object> input, String name, Map<String, Object> made) {
        if (input.containsKey("client_secret")) made.put(name, secretHash(input));
    }

    static String build(String type, Map<String, Object> input, Map<String, Object> made) {
        String admin = input.containsKey("admin") ? "Admin" : "";
        switch (type) {
            case "Answer" -> {
                made.putAll(renamed(input, "client_id ClientId, challenge ChallengeName, session Session"));
                var responses = renamed(input, "username USERNAME, secret_block PASSWORD_CLAIM_SECRET_BLOCK,"
                    + " signature PASSWORD_CLAIM_SIGNATURE, timestamp TIMESTAMP, choice ANSWER, answer ANSWER,"
                    + " password PASSWORD, new_password NEW_PASSWORD, attributes userAttributes, email EMAIL,"
                    + " srp_a SRP_A, credential CREDENTIAL, others others, device_key DEVICE_KEY");
                if (input.containsKey("code")) responses.put(CODES.get(text(input, "challenge")), input.get("code"));
                addHash(input, "SECRET_HASH", responses);
                made.put("ChallengeResponses", arranged("ChallengeResponses", responses));
                addContext(input, made);
                return admin + "RespondToAuthChallenge";
            }
            case "Beginning" -> {
                made.putAll(renamed(input, "client_id ClientId, flow AuthFlow, session Session"));
                var parameters = renamed(input, "username USERNAME, preferred_challenge PREFERRED_CHALLENGE,"
                    + " password PASSWORD, srp_a SRP_A, access_token ACCESS_TOKEN, refresh_token REFRESH_TOKEN,"
                    + " device_key DEVICE_KEY");
                String flow = text(input, "flow");
                if (flow.equals("REFRESH_TOKEN_AUTH")) parameters.remove("USERNAME");
                if (flow.equals("CUSTOM_AUTH") && input.containsKey("srp_a")) parameters.put("CHALLENGE_NAME", "SRP_A");
                if (input.get("target_acr_values") instanceof List<?> levels) {
                    parameters.put("TARGET_ACR_VALUES", String.join(" ", levels.stream().map(String::valueOf).toList()));
                }
                if (input.containsKey("max_age")) parameters.put("MAX_AGE", text(input, "max_age"));
                addHash(input, "SECRET_HASH", parameters);
                made.put("AuthParameters", arranged("AuthParameters", parameters));
                addContext(input, made);
                return admin + "InitiateAuth";
            }
            case "Account" -> {
                made.putAll(renamed(input, "client_id ClientId, username Username, password Password,"
                    + " new_password Password, code ConfirmationCode, force_alias_creation ForceAliasCreation,"
                    + " session Session"));
                if (input.containsKey("attributes")) {
                    made.put("UserAttributes", pairs(input.get("attributes"), "Name", "Value"));
                }
                if (input.containsKey("validation_data")) {
                    made.put("ValidationData", pairs(input.get("validation_data"), "Name", "Value"));
                }
                addHash(input, "SecretHash", made);
                addContext(input, made);
            }
            case "RefreshToken" -> made.putAll(renamed(input, "client_id ClientId, client_secret ClientSecret,"
                + " device_key DeviceKey, client_metadata ClientMetadata,"
                + " revoke_associated_sessions RevokeAssociatedSessions, refresh_token "
                + (input.get("operation").equals("RevokeToken") ? "Token" : "RefreshToken")));
            case "Possession" -> {
                made.putAll(renamed(input, "access_token AccessToken, session Session, device_key DeviceKey,"
                    + " device_name DeviceName, code UserCode, friendly_device_name FriendlyDeviceName"));
                if (input.containsKey("verifier")) {
                    made.put("DeviceSecretVerifierConfig",
                        deviceConfig(readHex(input, "verifier"), readHex(input, "salt")));
                }
                if (input.get("remembered") instanceof Boolean remembered) {
                    made.put("DeviceRememberedStatus", remembered ? "remembered" : "not_remembered");
                }
            }
            default -> throw new Failure("a request of type " + type);
        }
        return text(input, "operation");
    }

    static void checkRequest(String type, Map<String, Object> test) {
        var expected = object(test.get("expected"));
        var members = new LinkedHashMap<String, Object>();
        String operation = build(type, object(test.get("input")), members);
        same("operation", operation, expected.get("operation"));
        compare(Map.of("X-Amz-Target", "AWSCognitoIdentityProviderService." + operation,
            "Content-Type", "application/x-amz-json-1.1"), object(expected.get("headers")));
        String made = Json.write(arranged("arguments", members), true);
        same("body", made, expected.get("body"));
        same("arguments", made, Json.write(expected.get("arguments"), true));
    }

    static void checkEncodedData(Map<String, Object> test) {
        var input = object(test.get("input"));
        var made = new LinkedHashMap<String, Object>();
        made.put("contextData", input.get("context_data"));
        made.put("username", input.get("username"));
        made.put("userPoolId", input.get("pool_id"));
        made.put("timestamp", text(input, "milliseconds"));
        String payload = Json.write(made, false), version = "ANDROID20171114";
        String signature = base64(mac(utf8(text(input, "client_id")), utf8(version + payload)));
        made.clear();
        made.put("payload", payload);
        made.put("signature", signature);
        made.put("version", version);
        String encoded = base64(utf8(Json.write(made, false)));
        compare(Map.of("payload", payload, "signature", signature, "encoded_data", encoded),
            object(test.get("expected")));
    }

    // ----------------------------------------------------------------------------- accumulated

    static class Stream {
        static final String D = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        final String seed;
        int counter, at;
        byte[] held = new byte[0];

        Stream(String seed) { this.seed = seed; }

        int octet() {
            if (at == held.length) {
                held = sha(utf8(seed), ByteBuffer.allocate(4).putInt(counter++).array());
                at = 0;
            }
            return held[at++] & 0xff;
        }

        byte[] take(int count) {
            byte[] made = new byte[count];
            for (int i = 0; i < count; i++) made[i] = (byte) octet();
            return made;
        }

        String letters(int most, String alphabet) {
            var made = new StringBuilder();
            for (int left = 1 + octet() % most; left > 0; left--) made.append(alphabet.charAt(octet() % alphabet.length()));
            return made.toString();
        }

        String text() {
            var made = new StringBuilder();
            for (int left = 1 + octet() % 24; left > 0; left--) {
                int w = octet() << 8 | octet(), m = w >> 3;
                made.appendCodePoint(switch (w & 7) {
                    case 4 -> 0xC0 + m % 64;
                    case 5 -> 0x300 + m % 112;
                    case 6 -> 0x4E00 + m;
                    case 7 -> 0x1F600 + m % 80;
                    default -> 0x21 + m % 94;
                });
            }
            return made.toString();
        }

        Map<String, Object> login(int number) {
            var input = new TreeMap<String, Object>();
            String names, password;
            if (number % 2 == 0) {
                String pool = letters(9, D), user = text();
                names = pool + user;
                password = text();
                input.putAll(Map.of("kind", "user", "pool_id", "us-east-1_" + pool, "user_id", user));
                input.put("password", password);
            } else {
                String group = letters(16, D + "-_");
                String key = "us-east-1_" + hex(take(16)).replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-");
                names = group + key;
                password = base64(take(40));
                input.putAll(Map.of("kind", "device", "device_group_key", group, "device_key", key));
                input.put("device_password", password);
            }
            BigInteger salt = integer(take(1 + octet() % 17)), a = integer(take(32)), b = integer(take(32));
            String block = base64(take(1 + octet() % 64));
            Instant moment = Instant.ofEpochSecond(integer(take(4)).longValue());
            BigInteger v = TWO.modPow(x(names, password, salt), N);
            input.putAll(Map.of("salt", hex(salt), "a", hex(a), "srp_b", hex(publicB(b, v)), "secret_block", block,
                "moment", moment.toString(), "timestamp", timestamp(moment)));
            return input;
        }
    }

    static void checkAccumulated(Map<String, Object> file, int most) {
        var wanted = new TreeMap<String, Object>();
        for (Object result : (List<?>) file.get("results")) {
            wanted.put(text(object(result), "exchanges"), object(result).get("sha256"));
        }
        var stream = new Stream(text(file, "seed"));
        var lines = new ByteArrayOutputStream();
        for (int i = 0; i < most; i++) {
            var input = stream.login(i);
            lines.writeBytes(utf8(computeLogin(input).get("signature") + "\n"));
            if (i < 2) {
                var sample = object(((List<?>) file.get("samples")).get(i));
                check("sample " + i, () -> {
                    compare(input, object(sample.get("input")));
                    compare(computeLogin(object(sample.get("input"))), object(sample.get("expected")));
                });
            }
            Object digest = wanted.get(String.valueOf(i + 1));
            if (digest != null) {
                check((i + 1) + " exchanges", () -> same("the hash", hex(sha(lines.toByteArray())), digest));
            }
        }
    }

    // ----------------------------------------------------------------------------- all of it

    static int passed, failed, otherwise;

    static void check(String name, Runnable test) {
        try {
            test.run();
            passed++;
        } catch (Failure failure) {
            failed++;
            System.out.println("    " + name + ": " + failure.getMessage());
        } catch (Refused refused) {
            failed++;
            System.out.println("    " + name + ": " + refused.getMessage() + " was refused");
        }
    }

    // An acceptable test that comes out otherwise is reported; every other one fails.
    static void report(String type, Map<String, Object> test) {
        try {
            checkTest(type, test);
        } catch (Failure | Refused problem) {
            if (!test.get("result").equals("acceptable")) throw problem;
            otherwise++;
            String why = problem.getMessage() + (problem instanceof Refused ? " was refused" : "");
            System.out.println("  acceptable: " + text(test, "id") + " (" + text(test, "comment") + "): " + why);
        }
    }

    static void checkTest(String type, Map<String, Object> test) {
        switch (type) {
            case "UserLogin", "DeviceLogin", "UserVerification", "DeviceVerification" -> checkLogin(test);
            case "SharedSecret" -> checkSharedSecret(test);
            case "Timestamp" -> checkTimestamp(test);
            case "SecretHash" -> checkMade(test, Map.of("secret_hash", secretHash(object(test.get("input")))));
            case "DeviceRegistration" -> checkRegistration(test);
            case "EncodedData" -> checkEncodedData(test);
            default -> checkRequest(type, test);
        }
    }

    static class Unusable extends RuntimeException {
        Unusable(String sentence) { super(sentence); }
    }

    static byte[] read(Path folder, String name) {
        try {
            return Files.readAllBytes(folder.resolve(name));
        } catch (IOException error) {
            throw new Unusable(name + " cannot be read: " + error.getClass().getSimpleName());
        }
    }

    static Map<String, Object> parse(String name, byte[] octets) {
        try {
            return object(Json.parse(octets));
        } catch (RuntimeException error) {
            throw new Unusable(name + " is cut or damaged: it is not JSON");
        }
    }

    static Map<String, Map<String, Object>> load(Path folder) {
        var manifest = parse("manifest.json", read(folder, "manifest.json"));
        String version = text(manifest, "version");
        if (!text(manifest, "suite").equals("cognito-srp-vectors") || !version.startsWith("1.")) {
            throw new Unusable("manifest.json has version " + version + ", expected version 1 of these vectors");
        }
        var files = new TreeMap<String, Map<String, Object>>();
        object(manifest.get("files")).forEach((name, about) -> {
            byte[] octets = read(folder, name);
            String found = hex(sha(octets)), wanted = text(object(about), "sha256");
            var file = parse(name, octets);
            if (!found.equals(wanted)) {
                if (file.containsKey("version") && !text(file, "version").equals(version)) {
                    throw new Unusable(name + " has version " + text(file, "version") + ", expected " + version);
                }
                throw new Unusable(name + " was changed: its SHA-256 is " + found + ", expected " + wanted);
            }
            files.put(name, file);
        });
        return files;
    }

    public static void main(String[] arguments) {
        Path folder = Path.of("vectors", "v1");
        int most = 25;
        for (String argument : arguments) {
            if (argument.equals("--all")) most = 1000;
            else folder = Path.of(argument);
        }
        Map<String, Map<String, Object>> files;
        try {
            files = load(folder);
        } catch (Unusable error) {
            System.err.println(error.getMessage());
            System.exit(2);
            return;
        }
        files.forEach((name, file) -> {
            if (!file.containsKey("testGroups")) return;
            int before = passed, count = 0;
            for (Object group : (List<?>) file.get("testGroups")) {
                for (Object each : (List<?>) object(group).get("tests")) {
                    var test = object(each);
                    count++;
                    check(text(test, "id") + " (" + text(test, "comment") + ")",
                        () -> report(text(object(group), "type"), test));
                }
            }
            System.out.println(name + ": " + (passed - before) + " of " + count + " passed");
            String found = String.valueOf(count);
            check(name, () -> same("numberOfTests", found, text(file, "numberOfTests")));
        });
        checkAccumulated(files.get("accumulated.json"), most);
        String last = otherwise > 0 ? ", " + otherwise + " acceptable tests came out otherwise" : "";
        System.out.println(passed + " passed, " + failed + " failed" + last);
        System.exit(failed > 0 ? 1 : 0);
    }
}
