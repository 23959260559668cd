package io.heartline.web.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.http.ResponseEntity;
import org.springframework.util.DigestUtils;
import org.springframework.web.server.ServerWebExchange;

/**
 * A file of the class path that is served from memory, also compressed. Clients keep it and ask again each time. Its ETag depends on
 * its content, because all files of a build have the same date.
 */
public final class StaticFile {

    /** An element {@code gzip} of {@code Accept-Encoding} whose weight is not 0. */
    private static final Pattern GZIP = Pattern.compile(
            "(?:^|,)[ \\t]*gzip[ \\t]*(?:;[ \\t]*q=(?:0\\.0{0,2}[1-9][0-9]{0,2}|1(?:\\.0{0,3})?)[ \\t]*)?(?:,|$)",
            Pattern.CASE_INSENSITIVE);

    private final MediaType type;
    private final Form plain;
    private final Form gzip;

    /**
     * The content in one encoding.
     *
     * @param etag strong, so each encoding has its own
     */
    private record Form(byte[] content, String etag) {

        static Form of(byte[] content) {
            return new Form(content, '"' + DigestUtils.md5DigestAsHex(content) + '"');
        }
    }

    private StaticFile(byte[] content, MediaType type) throws IOException {
        this.type = type;
        plain = Form.of(content);
        byte[] compressed = compress(content);
        gzip = compressed.length < content.length ? Form.of(compressed) : plain;
    }

    /**
     * Reads a file. Its name states its media type.
     *
     * @param file the file
     * @return the file in memory
     * @throws UncheckedIOException if the file cannot be read
     */
    public static StaticFile read(Resource file) {
        return read(file, MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM));
    }

    /**
     * Reads a file.
     *
     * @param file the file
     * @param type its media type
     * @return the file in memory
     * @throws UncheckedIOException if the file cannot be read
     */
    public static StaticFile read(Resource file, MediaType type) {
        try {
            return new StaticFile(file.getContentAsByteArray(), type);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] compress(byte[] content) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(compressed)) {
            out.write(content);
        }
        return compressed.toByteArray();
    }

    /**
     * Returns the file, compressed for a client that accepts gzip, or 304 without a media type to a client that has it.
     *
     * @param exchange the request
     * @param headers adds further headers, or replaces {@code Cache-Control}
     * @return the response
     */
    public ResponseEntity<byte[]> toResponse(ServerWebExchange exchange, Consumer<HttpHeaders> headers) {
        Form form = acceptsGzip(exchange.getRequest().getHeaders()) ? gzip : plain;
        // added here, because headers of the returned entity replace headers that filters have set
        exchange.getResponse().getHeaders().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        boolean isNotModified = exchange.checkNotModified(form.etag());
        ResponseEntity.BodyBuilder response = isNotModified
                ? ResponseEntity.status(HttpStatus.NOT_MODIFIED)
                : ResponseEntity.ok().contentType(type);
        response.cacheControl(CacheControl.noCache()).eTag(form.etag()).headers(headers);
        if (isNotModified) {
            return response.build();
        }
        if (form != plain) {
            response.header(HttpHeaders.CONTENT_ENCODING, "gzip");
        }
        return response.body(form.content());
    }

    private static boolean acceptsGzip(HttpHeaders headers) {
        return headers.getOrEmpty(HttpHeaders.ACCEPT_ENCODING).stream()
                .anyMatch(value -> GZIP.matcher(value).find());
    }
}
