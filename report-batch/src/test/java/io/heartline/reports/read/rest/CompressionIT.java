package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.read.AbstractReadApiIT;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.DayOfWeek;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.threeten.extra.YearWeek;

/** Reports are compressed for clients that accept gzip, and no other answers with data, also on the same connection. */
@ResourceLock(AbstractReadApiIT.PROGRESS)
class CompressionIT extends AbstractReadApiIT {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String reports = "/v1/authors/" + author + "/reports";
    private final String list = reports + "?from=" + week + "&to=" + week.plusWeeks(3);

    @BeforeEach
    void likes() {
        setProgress(1, 100, AS_OF);
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
    }

    @Test
    void reports_areCompressed_andFilesAreNot() throws Exception {
        byte[] plain = send("GET", list, "Accept-Encoding", "identity").body();

        HttpResponse<byte[]> gzip = gzip("GET", list);
        assertThat(encoding(gzip)).isEqualTo("gzip");
        assertThat(gzip.body()).hasSizeLessThan(plain.length / 2);
        assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes())
                .isEqualTo(plain);

        for (String file : new String[] {list + "&format=csv", list + "&format=ndjson"}) {
            HttpResponse<byte[]> answer = gzip("GET", file);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(encoding(answer)).as(file).isEqualTo("none");
        }
        assertThat(encoding(gzip("GET", list))).as("after files").isEqualTo("gzip");
    }

    @Test
    void compressedReports_haveTheirTag_andAreNotSentAgain() throws Exception {
        HttpResponse<byte[]> first = gzip("GET", list);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(tag).startsWith("W/");

        HttpResponse<byte[]> again = send("GET", list, "Accept-Encoding", "gzip", "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(again.headers().firstValue("ETag")).hasValue(tag);

        HttpResponse<byte[]> head = gzip("HEAD", list);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("ETag")).hasValue(tag);
    }

    @Test
    void smallAnswersAndProblems_areNotCompressed() throws Exception {
        assertThat(encoding(gzip("GET", "/page/settings.json"))).isEqualTo("none");
        assertThat(encoding(gzip("GET", reports + "/2026-W54"))).isEqualTo("none");
    }

    private HttpResponse<byte[]> gzip(String method, String path) throws IOException, InterruptedException {
        return send(method, path, "Accept-Encoding", "gzip");
    }

    private HttpResponse<byte[]> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                        .method(method, BodyPublishers.noBody())
                        .headers(headers)
                        .build(),
                BodyHandlers.ofByteArray());
    }

    private static String encoding(HttpResponse<?> response) {
        return response.headers().firstValue("Content-Encoding").orElse("none");
    }
}
