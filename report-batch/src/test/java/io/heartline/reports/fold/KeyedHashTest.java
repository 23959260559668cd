package io.heartline.reports.fold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class KeyedHashTest {

    private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final KeyedHash hash = new KeyedHash(SECRET);

    /** Stored reports depend on these values: a change of them needs another schema. */
    @Test
    void hashes_areTheSameInEveryRelease() {
        assertThat(hash.check()).isEqualTo("4631cb1cf805f299");
        assertThat(HexFormat.of().toHexDigits(hash.liker("bob"))).isEqualTo("bf3d49e23be3fae6");
        assertThat(HexFormat.of().toHexDigits(hash.pair("p-1", hash.liker("bob"))))
                .isEqualTo("d88129c436c97596");
    }

    @Test
    void anotherSecret_givesOtherHashes_andAnotherCheckValue() {
        KeyedHash other = new KeyedHash("0123456789abcdeg".getBytes(StandardCharsets.US_ASCII));

        assertThat(other.check()).isNotEqualTo(hash.check());
        assertThat(other.liker("bob")).isNotEqualTo(hash.liker("bob"));
        assertThat(other.pair("p-1", 7)).isNotEqualTo(hash.pair("p-1", 7));
        assertThat(new KeyedHash(SECRET.clone()).check()).isEqualTo(hash.check());
        assertThat(new KeyedHash(SECRET.clone()).liker("bob")).isEqualTo(hash.liker("bob"));
    }

    @Test
    void pairs_haveAKeyOfTheirOwn_andAreNotRunTogether() {
        String eightBytes = "\0\0\0\0\0\0\0\7";

        assertThat(hash.pair("p-1", 7)).isNotEqualTo(hash.liker(eightBytes + "p-1"));
        assertThat(hash.pair("p-1", hash.liker("2"))).isNotEqualTo(hash.pair("p-12", hash.liker("")));
    }

    @Test
    void checkValue_containsNothingOfTheSecret() {
        assertThat(hash.check()).matches("[0-9a-f]{16}");
        assertThat(HexFormat.of().formatHex(SECRET)).doesNotContain(hash.check());
        assertThat(hash.toString())
                .doesNotContain(Base64.getEncoder().encodeToString(SECRET))
                .doesNotContain(new String(SECRET, StandardCharsets.US_ASCII));
    }

    @Test
    void secretOfFewerThan16Bytes_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyedHash(new byte[15]));
    }
}
