package io.heartline.web.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
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
 * A file of the class path that is served from memory. Clients keep it and ask again each time. An ETag of its content
 * identifies it, because all files of a build have the same date.
 */
public final class StaticFile {

    private final byte[] content;
    private final MediaType type;
    private final String etag;

    private StaticFile(byte[] content, MediaType type) {
        this.content = content;
        this.type = type;
        this.etag = '"' + DigestUtils.md5DigestAsHex(content) + '"';
    }

    /**
     * Reads a file. Its name states its media type.
     *
     * @param file the file
     * @return the file in memory
     * @throws UncheckedIOException if the file cannot be read
     */
    public static StaticFile read(Resource file) {
        try {
            return new StaticFile(
                    file.getContentAsByteArray(),
                    MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Returns the file, or 304 without a media type to a client that has it.
     *
     * @param exchange the request
     * @param headers adds further headers
     * @return the response
     */
    public ResponseEntity<byte[]> toResponse(ServerWebExchange exchange, Consumer<HttpHeaders> headers) {
        boolean isNotModified = exchange.checkNotModified(etag);
        ResponseEntity.BodyBuilder response = isNotModified
                ? ResponseEntity.status(HttpStatus.NOT_MODIFIED)
                : ResponseEntity.ok().contentType(type);
        response.cacheControl(CacheControl.noCache()).eTag(etag).headers(headers);
        return isNotModified ? response.build() : response.body(content);
    }
}
