package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.standardwebhooks.Webhook;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTest {

    private static final String SETTING = "heartline.reports.webhook.secret";
    private static final String EXPECTED = SETTING + " must be whsec_ and Base64 of 24 to 64 bytes";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private static final long TIMESTAMP = 1_614_265_330;
    private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static Signer signer(String... secrets) {
        return Signer.parse(SETTING, List.of(secrets));
    }

    private static String secret(int bytes) {
        byte[] secret = new byte[bytes];
        secret[0] = (byte) bytes;
        return "whsec_" + Base64.getEncoder().encodeToString(secret);
    }

    /** The vector that the libraries of Standard Webhooks share. */
    @Test
    void sign_equalsTheVectorOfStandardWebhooks() {
        assertThat(signer(SECRET).sign(ID, TIMESTAMP, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void secretWithoutPrefix_isTheSameSecret() {
        assertThat(signer(SECRET.substring(6)).sign(ID, TIMESTAMP, BODY)).isEqualTo(SIGNATURE);
    }

    @Test
    void severalSecrets_giveASignatureEach_inOrder() {
        String other = secret(32);

        String bySpaces = signer(" " + other + "  " + SECRET + "\n").sign(ID, TIMESTAMP, BODY);
        String byList = signer(other, SECRET).sign(ID, TIMESTAMP, BODY);

        assertThat(bySpaces).isEqualTo(byList).isEqualTo(signer(other).sign(ID, TIMESTAMP, BODY) + " " + SIGNATURE);
    }

    @Test
    void receiverWithTheOldOrTheNewSecret_acceptsAMessage_duringARotation() throws Exception {
        String old = secret(24);
        long now = System.currentTimeMillis() / 1000;
        String body = "{\"name\":\"Zoë\"}";
        String signature = signer(SECRET, old).sign("id-1", now, body.getBytes(StandardCharsets.UTF_8));
        Map<String, List<String>> headers = Map.of(
                "webhook-id", List.of("id-1"),
                "webhook-timestamp", List.of(Long.toString(now)),
                "webhook-signature", List.of(signature));

        for (String secret : List.of(SECRET, old)) {
            assertThatNoException().isThrownBy(() -> new Webhook(secret).verify(body, headers));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 64})
    void secretAtALimit_isAccepted(int bytes) {
        assertThat(signer(secret(bytes)).sign(ID, TIMESTAMP, BODY)).startsWith("v1,");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 23, 65})
    void secretBeyondALimit_isRefused(int bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer(secret(bytes)))
                .withMessage(EXPECTED + ", and has " + bytes);
    }

    @Test
    void malformedSecret_isRefused_andNotShown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer("whsec_not*base64"))
                .withMessage(EXPECTED + ", and is not Base64")
                .withNoCause();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer(SECRET + " whsk_bm90IGEgc2VjcmV0"))
                .withMessage(SETTING + ": number 2 must be whsec_ and Base64 of 24 to 64 bytes, and is not Base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void missingSecret_isRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> signer(text))
                .withMessage(SETTING + " is not set, and a webhook needs it: whsec_ and Base64 of 24 to 64 bytes."
                        + " Make one: echo whsec_$(openssl rand -base64 32)");
    }
}
