package io.heartline.producer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** Bodies in gzip, made by the JDK. */
public final class GzipBodies {

    private GzipBodies() {}

    /**
     * Compresses a text into one member.
     *
     * @param text the text
     * @return gzip of its UTF-8
     */
    public static byte[] gzip(String text) {
        return gzip(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Compresses bytes into one member.
     *
     * @param bytes the bytes
     * @return gzip
     */
    public static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return body.toByteArray();
    }

    /**
     * Compresses a text into the start of a member, whose data a decoder can inflate completely although the member has no end.
     *
     * @param text the text
     * @return the start of a member
     */
    public static byte[] unfinished(String text) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try {
            GZIPOutputStream gzip = new GZIPOutputStream(body, true);
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
            gzip.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return body.toByteArray();
    }

    /**
     * Appends parts to each other.
     *
     * @param parts for example members
     * @return all their bytes
     */
    public static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
