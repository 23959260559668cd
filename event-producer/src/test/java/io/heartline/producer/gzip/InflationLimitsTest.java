package io.heartline.producer.gzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import org.junit.jupiter.api.Test;

class InflationLimitsTest {

    private static final long MIB = 1024 * 1024;
    private static final long KIB = 1024;

    private static void assertPermitted(long compressed, long inflated) {
        assertThatNoException().isThrownBy(() -> InflationLimits.check(compressed, inflated));
    }

    private static void assertRefused(long compressed, long inflated, String message) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> InflationLimits.check(compressed, inflated))
                .withMessage(message)
                .satisfies(refusal -> {
                    assertThat(refusal.type()).isEqualTo(ProblemType.TOO_LARGE);
                    assertThat(refusal.errors()).singleElement().satisfies(error -> assertThat(error.header())
                            .isEqualTo("Content-Encoding"));
                });
    }

    @Test
    void upToOneMebibyte_anyRatioIsPermitted() {
        assertPermitted(1000, MIB);

        assertRefused(
                1000,
                MIB + 1,
                "1000 compressed bytes inflate to 1048577 bytes: over 1048576 inflated bytes, one compressed byte may inflate to"
                        + " 400.");
    }

    @Test
    void overOneMebibyte_aRatioOfOneHundredIsPermitted() {
        assertPermitted(1_000_000, 400_000_000);

        assertRefused(
                1_000_000,
                400_000_001,
                "1000000 compressed bytes inflate to 400000001 bytes: over 1048576 inflated bytes, one compressed byte may"
                        + " inflate to 400.");
    }

    @Test
    void upTo128Kibibytes_compressedBytesMayInflateToNothing() {
        assertPermitted(128 * KIB, 0);

        assertRefused(
                128 * KIB + 1,
                0,
                "131073 compressed bytes inflate to 0 bytes: over 131072 compressed bytes, one inflated byte may take 2.");
    }

    @Test
    void over128Kibibytes_twoCompressedBytesForOneArePermitted() {
        assertPermitted(1_000_000, 500_000);

        assertRefused(
                1_000_001,
                500_000,
                "1000001 compressed bytes inflate to 500000 bytes: over 131072 compressed bytes, one inflated byte may take 2.");
    }
}
