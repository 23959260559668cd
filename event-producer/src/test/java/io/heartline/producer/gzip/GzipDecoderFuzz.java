package io.heartline.producer.gzip;

import static io.heartline.events.FuzzTestBase.require;

import io.heartline.producer.GzipBodies;
import io.heartline.producer.like.RefusedException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * However a body is split into pieces, it decodes to the bytes that the JDK returns, or both refuse it. Two exceptions: the JDK
 * ignores reserved flags, and it ignores what follows a member unless it is a whole header and more.
 */
public final class GzipDecoderFuzz {

    private static final Pattern LATER_MEMBER = Pattern.compile(" member ([2-9]|[0-9]{2})");
    private static final int PIECES = 4;
    private static final int OPTIONS = PIECES + 4;

    private GzipDecoderFuzz() {}

    /**
     * Decodes a body in pieces.
     *
     * @param input the lengths of four pieces, which are used in turn; four options; and the body. If the first option is odd, the
     *     body is compressed. The next two choose a place in it, and the last one changes the byte at this place.
     */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < OPTIONS) {
            return;
        }
        byte[] body = Arrays.copyOfRange(input, OPTIONS, input.length);
        boolean isCompressedHere = (input[PIECES] & 1) == 1;
        if (isCompressedHere) {
            byte[] text = body;
            body = GzipBodies.gzip(text);
            int place = ((input[PIECES + 1] & 0xff) << Byte.SIZE | input[PIECES + 2] & 0xff) % body.length;
            body[place] ^= input[PIECES + 3];
            require(
                    input[PIECES + 3] != 0 || new Decoding(body, input).refusal == null,
                    "what the JDK has compressed is accepted");
        }
        compare(new Decoding(body, input), jdk(body));
        requireSame(new Decoding(body, input), new Decoding(body, new byte[PIECES]));
    }

    private static void compare(Decoding decoding, byte @Nullable [] expected) {
        if (decoding.refusal == null) {
            require(expected != null, "the JDK decodes it, too");
            require(Arrays.equals(decoding.bytes, expected), "the JDK decodes it to the same bytes");
        } else if (expected != null) {
            String reason = decoding.refusal.getMessage();
            boolean isAfterAMember = LATER_MEMBER.matcher(reason).find();
            boolean hasReservedFlag = reason.contains("a reserved flag");
            require(isAfterAMember || hasReservedFlag, "the JDK decodes it, but it is refused: " + reason);
            byte[] start = Arrays.copyOf(decoding.bytes, Math.min(decoding.bytes.length, expected.length));
            require(
                    hasReservedFlag || Arrays.equals(start, expected),
                    "it is refused after the bytes that the JDK decodes");
        }
    }

    /** The size of the pieces decides neither the bytes nor the reason of a refusal. */
    private static void requireSame(Decoding one, Decoding other) {
        require(Arrays.equals(one.bytes, other.bytes), "pieces of other sizes decode to the same bytes");
        require(
                one.refusal == null
                        ? other.refusal == null
                        : other.refusal != null && one.refusal.getMessage().equals(other.refusal.getMessage()),
                "pieces of other sizes have the same end");
    }

    private static final class Decoding {

        final byte[] bytes;
        final @Nullable RefusedException refusal;

        Decoding(byte[] body, byte[] sizes) {
            ByteArrayOutputStream decoded = new ByteArrayOutputStream();
            refusal = decode(body, sizes, decoded);
            bytes = decoded.toByteArray();
        }

        private static @Nullable RefusedException decode(byte[] body, byte[] sizes, ByteArrayOutputStream decoded) {
            byte[] output = new byte[100];
            try (GzipDecoder decoder = new GzipDecoder()) {
                int piece = 0;
                for (int from = 0; from < body.length; piece++) {
                    int length = Math.min(body.length - from, 1 + (sizes[piece % PIECES] & 0xff));
                    decoder.setInput(body, from, length);
                    for (int n = decoder.decode(output); n > 0; n = decoder.decode(output)) {
                        decoded.write(output, 0, n);
                    }
                    from += length;
                    require(decoder.compressedBytes() == from, "a piece is used up before the next");
                    require(decoder.inflatedBytes() == decoded.size(), "each inflated byte is counted");
                }
                decoder.requireComplete();
                return null;
            } catch (RefusedException e) {
                return e;
            }
        }
    }

    private static byte @Nullable [] jdk(byte[] body) {
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return gzip.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }
}
