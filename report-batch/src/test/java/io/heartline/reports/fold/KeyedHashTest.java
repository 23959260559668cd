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

    /** Stored reports depend on these values, so a change of them requires a new schema version. */
    @Test
    void hashes_matchThoseOfEarlierReleases() {
        assertThat(hash.checkValue()).isEqualTo("4631cb1cf805f299");
        assertThat(HexFormat.of().toHexDigits(hash.hashLiker("bob"))).isEqualTo("bf3d49e23be3fae6");
        assertThat(HexFormat.of().toHexDigits(hash.hashPair("p-1", hash.hashLiker("bob"))))
                .isEqualTo("d88129c436c97596");
    }

    @Test
    void anotherSecret_givesOtherHashes_andAnotherCheckValue() {
        KeyedHash other = new KeyedHash("0123456789abcdeg".getBytes(StandardCharsets.US_ASCII));

        assertThat(other.checkValue()).isNotEqualTo(hash.checkValue());
        assertThat(other.hashLiker("bob")).isNotEqualTo(hash.hashLiker("bob"));
        assertThat(other.hashPair("p-1", 7)).isNotEqualTo(hash.hashPair("p-1", 7));
        assertThat(new KeyedHash(SECRET.clone()).checkValue()).isEqualTo(hash.checkValue());
        assertThat(new KeyedHash(SECRET.clone()).hashLiker("bob")).isEqualTo(hash.hashLiker("bob"));
    }

    @Test
    void pairs_haveTheirOwnKey_andAreNotOnlyConcatenated() {
        String eightBytes = "\0\0\0\0\0\0\0\7";

        assertThat(hash.hashPair("p-1", 7)).isNotEqualTo(hash.hashLiker(eightBytes + "p-1"));
        assertThat(hash.hashPair("p-1", hash.hashLiker("2"))).isNotEqualTo(hash.hashPair("p-12", hash.hashLiker("")));
    }

    @Test
    void checkValue_containsNothingOfTheSecret() {
        assertThat(hash.checkValue()).matches("[0-9a-f]{16}");
        assertThat(HexFormat.of().formatHex(SECRET)).doesNotContain(hash.checkValue());
        assertThat(hash.toString())
                .doesNotContain(Base64.getEncoder().encodeToString(SECRET))
                .doesNotContain(new String(SECRET, StandardCharsets.US_ASCII));
    }

    @Test
    void secretOfFewerThan16Bytes_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeyedHash(new byte[15]));
    }
}
