package io.heartline.producer.gzip;

import static io.heartline.producer.GzipBodies.concat;
import static io.heartline.producer.GzipBodies.gzip;
import static io.heartline.producer.GzipBodies.unfinished;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.like.ProblemType;
import io.heartline.producer.like.RefusedException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipDecoderTest {

    private static final byte[] TEXT = LikeBodies.lines(0, 20).getBytes(StandardCharsets.UTF_8);
    private static final int HEADER_BYTES = 10;
    private static final int TRAILER_BYTES = 8;
    private static final int FTEXT_BIT = 3 * Byte.SIZE;

    private static byte[] decode(byte[] body, int pieceBytes) {
        return decode(body, pieceBytes, 1000, new ByteArrayOutputStream());
    }

    private static byte[] decode(byte[] body, int pieceBytes, int outputBytes, ByteArrayOutputStream decoded) {
        try (GzipDecoder decoder = new GzipDecoder()) {
            byte[] output = new byte[outputBytes];
            for (int from = 0; from < body.length; from += pieceBytes) {
                decoder.setInput(body, from, Math.min(pieceBytes, body.length - from));
                for (int length = decoder.decode(output); length > 0; length = decoder.decode(output)) {
                    decoded.write(output, 0, length);
                }
                assertThat(decoder.inflatedBytes()).isEqualTo(decoded.size());
                assertThat(decoder.compressedBytes()).isEqualTo(Math.min(from + pieceBytes, body.length));
            }
            decoder.requireComplete();
        }
        return decoded.toByteArray();
    }

    private static void assertRefused(byte[] body, String reason) {
        for (int pieceBytes : new int[] {1, 7, Math.max(1, body.length)}) {
            assertThatExceptionOfType(RefusedException.class)
                    .as("pieces of %d bytes", pieceBytes)
                    .isThrownBy(() -> decode(body, pieceBytes))
                    .withMessage("Content-Encoding is gzip, but the body is not: " + reason + '.')
                    .satisfies(refusal -> {
                        assertThat(refusal.type()).isEqualTo(ProblemType.INVALID_HEADER);
                        assertThat(refusal.errors()).singleElement().satisfies(error -> assertThat(error.header())
                                .isEqualTo("Content-Encoding"));
                    });
        }
    }

    @Test
    void piecesOfAnySize_returnTheSameBytes() {
        byte[] body = gzip(TEXT);

        for (int pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
            assertThat(decode(body, pieceBytes)).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 257, 100_000})
    void outputOfAnySize_returnsTheSameBytes(int outputBytes) {
        assertThat(decode(gzip(TEXT), 100, outputBytes, new ByteArrayOutputStream()))
                .isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(ints = {Deflater.NO_COMPRESSION, Deflater.BEST_SPEED, Deflater.BEST_COMPRESSION})
    void anyLevel_returnsTheSameBytes(int level) {
        byte[] random = new byte[150_000]; // three stored blocks
        new Random(1).nextBytes(random);

        byte[] body = member(0, random, level);

        assertThat(decode(body, 1)).isEqualTo(random);
        assertThat(decode(body, body.length)).isEqualTo(random);
    }

    @Test
    void anyCombinationOfHeaderFields_isSkipped() {
        for (int flags = 0; flags < 0x20; flags++) {
            byte[] body = concat(member(flags, TEXT, 6), member(flags, TEXT, 6));

            assertThat(decode(body, 1)).as("flags %x", flags).isEqualTo(concat(TEXT, TEXT));
            assertThat(decode(body, body.length)).as("flags %x", flags).isEqualTo(concat(TEXT, TEXT));
        }
    }

    @Test
    void emptyExtraField_isSkipped() {
        byte[] header = {0x1f, (byte) 0x8b, 8, 4, 0, 0, 0, 0, 0, 0, 0, 0};

        assertThat(decode(concat(header, tail(gzip(TEXT), HEADER_BYTES)), 1)).isEqualTo(TEXT);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x20, 0x40, 0x80})
    void reservedFlag_isRefused(int flag) {
        assertRefused(member(flag, TEXT, 6), "the header of member 1 sets a reserved flag");
    }

    @Test
    void wrongHeaderCrc_isRefused() {
        byte[] body = member(0x02, TEXT, 6);
        for (int index : new int[] {4, HEADER_BYTES, HEADER_BYTES + 1}) {
            assertRefused(flipped(body, index, 0), "the header of member 1 has a wrong CRC");
        }
    }

    @Test
    void otherFormats_areRefused() {
        assertRefused(TEXT, "the header of member 1 does not begin with 1f 8b");
        assertRefused(tail(gzip(TEXT), 1), "the header of member 1 does not begin with 1f 8b");
        assertRefused(
                flipped(gzip(TEXT), 2, 0), "the header of member 1 names a compression method other than deflate");
    }

    @Test
    void concatenatedMembers_areOneBody_evenIfTheyAreEmpty() {
        byte[] empty = gzip(new byte[0]);
        byte[] body = concat(empty, gzip(TEXT), empty, gzip("x"), empty);

        for (int pieceBytes = 1; pieceBytes <= body.length; pieceBytes++) {
            assertThat(decode(body, pieceBytes)).isEqualTo(concat(TEXT, new byte[] {'x'}));
        }
    }

    @Test
    void anythingElseAfterAMember_isRefused() {
        assertRefused(concat(gzip(TEXT), new byte[1]), "the header of member 2 does not begin with 1f 8b");
        assertRefused(concat(gzip(TEXT), TEXT), "the header of member 2 does not begin with 1f 8b");
        assertRefused(concat(gzip(TEXT), new byte[] {0x1f}), "it ends within member 2");
    }

    @Test
    void truncatedBody_isRefused_whereverItEnds() {
        byte[] first = member(0x1f, TEXT, 6);
        byte[] body = concat(first, gzip(TEXT));

        assertRefused(new byte[0], "it is empty");
        for (int length = 1; length < body.length; length++) {
            if (length != first.length) {
                assertRefused(Arrays.copyOf(body, length), "it ends within member " + (length < first.length ? 1 : 2));
            }
        }
    }

    /** Bits that carry nothing are the fields about the sender, and the rest of the last byte of data. */
    @Test
    void flippedBit_isRefused_unlessItCarriesNothing() {
        byte[] body = gzip(TEXT);
        int lastDataByte = body.length - TRAILER_BYTES - 1;
        for (int bit = 0; bit < body.length * Byte.SIZE; bit++) {
            int index = bit / Byte.SIZE;
            byte[] flipped = flipped(body, index, bit % Byte.SIZE);
            boolean mayCarryNothing = bit == FTEXT_BIT || index > 3 && index < HEADER_BYTES || index == lastDataByte;
            try {
                assertThat(decode(flipped, 100)).as("bit %d", bit).isEqualTo(TEXT);
                assertThat(mayCarryNothing).as("bit %d", bit).isTrue();
            } catch (RefusedException e) {
                assertThat(e.type()).isEqualTo(ProblemType.INVALID_HEADER);
            }
        }
    }

    @Test
    void wrongTrailer_isRefused() {
        byte[] body = gzip(TEXT);

        assertRefused(flipped(body, body.length - TRAILER_BYTES, 0), "the CRC of member 1 is wrong");
        assertRefused(flipped(body, body.length - 1, 7), "the length of member 1 is wrong");
    }

    @Test
    void corruptData_returnsTheBytesBeforeIt() {
        byte[] reservedBlockType = {7};
        byte[] body = concat(unfinished(LikeBodies.lines(0, 20)), reservedBlockType);
        assertRefused(body, "the data of member 1 is corrupt");

        ByteArrayOutputStream decoded = new ByteArrayOutputStream();
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> decode(body, body.length, 10_000, decoded));

        assertThat(decoded.toByteArray()).isEqualTo(TEXT);
    }

    private static byte[] flipped(byte[] body, int index, int bit) {
        byte[] flipped = body.clone();
        flipped[index] ^= (byte) (1 << bit);
        return flipped;
    }

    private static byte[] tail(byte[] body, int from) {
        return Arrays.copyOfRange(body, from, body.length);
    }

    /** Returns a member with the header fields that the flags announce. */
    private static byte[] member(int flags, byte[] bytes, int level) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {0x1f, (byte) 0x8b, 8, (byte) flags, 1, 2, 3, 4, 0, 3});
        if ((flags & 0x04) != 0) {
            header.writeBytes(new byte[] {44, 1}); // 300, little-endian
            header.writeBytes(new byte[300]);
        }
        if ((flags & 0x08) != 0) {
            header.writeBytes("likes.ndjson\0".getBytes(StandardCharsets.US_ASCII));
        }
        if ((flags & 0x10) != 0) {
            header.writeBytes("\0".getBytes(StandardCharsets.US_ASCII));
        }
        if ((flags & 0x02) != 0) {
            CRC32 crc = new CRC32();
            crc.update(header.toByteArray());
            header.write((int) crc.getValue());
            header.write((int) crc.getValue() >> Byte.SIZE);
        }
        byte[] plain = gzip(bytes);
        byte[] trailer = tail(plain, plain.length - TRAILER_BYTES);
        return concat(header.toByteArray(), deflated(bytes, level), trailer);
    }

    private static byte[] deflated(byte[] bytes, int level) {
        Deflater deflater = new Deflater(level, true);
        deflater.setInput(bytes);
        deflater.finish();
        byte[] data = new byte[bytes.length + 1000];
        int length = deflater.deflate(data);
        assertThat(deflater.finished()).isTrue();
        deflater.end();
        return Arrays.copyOf(data, length);
    }
}
