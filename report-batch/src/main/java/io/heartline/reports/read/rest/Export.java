package io.heartline.reports.read.rest;

import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lists as files of any length, in constant memory: lines are read as fast as the client reads them. If a list fails in
 * the middle, the connection is closed before the end of the body. So no client takes a part for the whole. NDJSON also
 * ends with a trailer.
 */
public final class Export {

    private static final int LINES_PER_CHUNK = 64;

    private final JsonMapper json;
    private final ConcurrencyLimit limit;
    private final Duration stallTimeout;

    /**
     * Creates exports.
     *
     * @param json writes the lines of NDJSON
     * @param limit the permits for concurrent exports
     * @param stallTimeout how long the client may read nothing, or MongoDB may send nothing, before an export is
     *     aborted
     */
    public Export(JsonMapper json, ConcurrencyLimit limit, Duration stallTimeout) {
        this.json = json;
        this.limit = limit;
        this.stallTimeout = stallTimeout;
    }

    /**
     * Refuses the parameters of pages, because a file has the whole list.
     *
     * @param list the list, for the message
     * @throws InvalidParameterException if the query has one of them
     */
    static void refusePages(QueryParameters query, ResponseFormat format, String list) {
        for (String pagesOnly : List.of("limit", "cursor")) {
            if (query.has(pagesOnly)) {
                throw new InvalidParameterException(
                        pagesOnly, "must not be given: as " + format.extension() + " " + list + " is sent whole");
            }
        }
    }

    /** The last line of NDJSON. */
    record Trailer(boolean done, long items) {}

    /**
     * Returns a list as a file.
     *
     * @param name the name of the file, without the extension
     * @param caller the name under which limits count the request
     */
    <T> ResponseEntity<Flux<DataBuffer>> response(
            Flux<T> items,
            Csv<T> columns,
            ResponseFormat format,
            String name,
            String caller,
            ServerWebExchange exchange) {
        Flux<byte[]> lines = format == ResponseFormat.CSV ? csv(items, columns) : ndjson(items);
        boolean isHeadRequest = exchange.getRequest().getMethod() == HttpMethod.HEAD;
        return ConditionalResponses.response(HttpStatus.OK)
                .contentType(format.mediaType())
                .header(HttpHeaders.CONTENT_DISPOSITION, attachment(name + "." + format.extension()))
                .body(isHeadRequest ? Flux.empty() : chunks(lines, caller));
    }

    private static <T> Flux<byte[]> csv(Flux<T> items, Csv<T> columns) {
        return items.map(columns::line).startWith(columns.header());
    }

    private Flux<byte[]> ndjson(Flux<?> items) {
        return Flux.defer(() -> {
            AtomicLong count = new AtomicLong();
            return items.doOnNext(item -> count.incrementAndGet())
                    .map(this::line)
                    .concatWith(Mono.fromSupplier(() -> line(new Trailer(true, count.get()))));
        });
    }

    private byte[] line(Object item) {
        return (json.writeValueAsString(item) + '\n').getBytes(StandardCharsets.UTF_8);
    }

    private Flux<DataBuffer> chunks(Flux<byte[]> lines, String caller) {
        return Flux.using(
                        () -> limit.acquire(caller),
                        permit -> lines.buffer(LINES_PER_CHUNK).map(Export::chunk),
                        ConcurrencyLimit.Permit::release)
                .timeout(
                        stallTimeout,
                        Mono.error(() -> new DataAccessResourceFailureException("no progress for " + stallTimeout)));
    }

    private static DataBuffer chunk(List<byte[]> lines) {
        int length = lines.stream().mapToInt(line -> line.length).sum();
        DataBuffer chunk = DefaultDataBufferFactory.sharedInstance.allocateBuffer(length);
        lines.forEach(chunk::write);
        return chunk;
    }

    /** Returns the header with the name of the file. Characters that a file system may reject are replaced. */
    private static String attachment(String name) {
        return ContentDisposition.attachment()
                .filename(name.replaceAll("[^A-Za-z0-9._-]", "_"))
                .build()
                .toString();
    }
}
