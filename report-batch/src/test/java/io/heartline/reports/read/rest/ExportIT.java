package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.reports.audit.AuditLines;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.CapturedLog;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exports of lists as CSV and NDJSON. */
@TestPropertySource(properties = {"heartline.reports.read.exports=2", "heartline.reports.read.stall-timeout=4s"})
@ExtendWith(CapturedLog.class)
class ExportIT extends AbstractReadApiIT {

    /** The number of authors whose export exceeds all buffers between the service and the reader. */
    private static final int MANY = 20_000;

    @Autowired
    @Qualifier("exports")
    private ConcurrencyLimit exports;

    private final YearWeek week = uniqueWeek();
    private final String ranking = "/v1/reports/" + week + "/authors";

    @Test
    void rangeAsCsv_hasAHeaderAndOneLinePerWeek() {
        String author = uniqueAuthor(1);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.TUESDAY, "=p", "bob"),
                like(author, week, DayOfWeek.TUESDAY, "=p", "carol"),
                like(author, week, DayOfWeek.SUNDAY, "p-2", "bob"));

        HttpAnswer csv = get("/v1/authors/" + author + "/reports?format=csv&from=" + week + "&to=" + week.plusWeeks(1));

        assertThat(csv.headers().getFirst("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
        assertThat(csv.headers().getFirst("Content-Disposition"))
                .isEqualTo(
                        "attachment; filename=\"reports-" + author + "-" + week + "-" + week.plusWeeks(1) + ".csv\"");
        List<String> lines = List.of(csv.text().split("\r\n"));
        assertThat(csv.text()).endsWith("\r\n");
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0))
                .startsWith("authorId,week,from,to,zone,status,revision,likes,unlikes,likers,")
                .contains(
                        ",monday,tuesday,wednesday,thursday,friday,saturday,sunday,topPost,topPostLikes,asOf,through");
        assertThat(lines.get(1))
                .startsWith(author + "," + week + "," + week.atDay(DayOfWeek.MONDAY) + ",")
                .contains(",UTC,", ",1,3,0,2,0,0.0,", ",0,2,0,0,0,0,1,'=p,2,");
        assertThat(lines.get(2)).contains(",1,0,0,0,0,0.0,", ",0,0,0,0,0,0,0,,,");
    }

    @Test
    void rangeAsNdjson_hasTheReportsAndATrailer() {
        String range = "/v1/authors/alice/reports?from=" + week + "&to=" + week.plusWeeks(1);
        JsonNode items = get(range).json().path("items");

        HttpAnswer answer = get(range, "Accept", "application/x-ndjson");

        assertThat(answer.mediaType()).isEqualTo("application/x-ndjson");
        List<String> lines = answer.text().lines().toList();
        assertThat(lines).hasSize(3);
        assertThat(JsonMapper.shared().readTree(lines.get(0))).isEqualTo(items.get(0));
        assertThat(JsonMapper.shared().readTree(lines.get(1))).isEqualTo(items.get(1));
        assertThat(lines.get(2)).isEqualTo("{\"done\":true,\"items\":2}");
    }

    @Test
    void rankingExport_isCompleteAndInOrder() {
        List<String> authors = insertRankedAuthors(week, 2_500); // more than one reply of MongoDB contains

        String csv = get(ranking + "?format=csv").text();
        List<String> ndjson = get(ranking + "?format=ndjson").text().lines().toList();

        List<String> inCsv = csv.lines().skip(1).map(line -> line.split(",")[0]).toList();
        assertThat(inCsv).hasSize(2_500).containsExactlyInAnyOrderElementsOf(authors);
        assertThat(csv.lines().toList().get(1)).isEqualTo(longId(9) + ",1,9,0,9,,9,0,true,0.0");
        assertThat(ndjson).hasSize(2_501);
        assertThat(ndjson.stream().limit(2_500).map(line -> JsonMapper.shared()
                        .readTree(line)
                        .path("authorId")
                        .stringValue()))
                .isEqualTo(inCsv);
        assertThat(ndjson.get(2_500)).isEqualTo("{\"done\":true,\"items\":2500}");
    }

    @Test
    void formatParameter_overridesAccept() {
        assertThat(get(ranking + "?format=csv", "Accept", "application/json").mediaType())
                .isEqualTo("text/csv");
        assertThat(get(ranking, "Accept", "text/csv").mediaType()).isEqualTo("text/csv");
        assertThat(get(ranking, "Accept", "text/csv;q=0.5, application/json;q=0.4")
                        .mediaType())
                .isEqualTo("text/csv");
        assertThat(get(ranking, "Accept", "text/html, */*").mediaType()).isEqualTo("application/json");
        assertThat(get(ranking + "?format=json", "Accept", "text/csv").mediaType())
                .isEqualTo("application/json");
        assertThat(get(ranking, "Accept", "text/csv").headers().getFirst("Content-Disposition"))
                .isEqualTo("attachment; filename=\"authors-" + week + ".csv\"");
    }

    @Test
    void authorId_isSanitizedInTheFileName() {
        assertThat(get("/v1/authors/a:b%7Cc/reports?format=csv").headers().getFirst("Content-Disposition"))
                .startsWith("attachment; filename=\"reports-a_b_c-");
    }

    @Test
    void stalledReader_isDisconnectedWithoutTrailer_andReleasesItsPermit(CapturedOutput log) throws Exception {
        insertRankedAuthors(week, MANY);
        try (Socket stalled = request(ranking + "?format=ndjson")) {
            await().until(() -> exports.acquired() == 1);

            await().until(() -> exports.acquired() == 0);

            String read = readRemaining(stalled);
            assertThat(read).startsWith("HTTP/1.1 200");
            assertThat(read).doesNotContain("\"done\"").doesNotEndWith("\r\n0\r\n\r\n");
        }
        assertAuditedAsIncomplete(log);
    }

    @Test
    void disconnectedReader_releasesItsPermit(CapturedOutput log) throws Exception {
        insertRankedAuthors(week, MANY);
        Socket reader = request(ranking + "?format=ndjson");
        await().until(() -> exports.acquired() == 1);
        assertThat(new String(reader.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 200");

        reader.close();

        await().until(() -> exports.acquired() == 0);
        assertAuditedAsIncomplete(log);
    }

    private void assertAuditedAsIncomplete(CapturedOutput log) {
        JsonNode line = AuditLines.only(log, ranking);
        assertThat(line.path("status").intValue()).isEqualTo(200);
        assertThat(line.path("complete").booleanValue()).as(line.toString()).isFalse();
    }

    @Test
    void atMaxExports_nextExportReturns503() {
        List<ConcurrencyLimit.Permit> permits = List.of(exports.acquire("bob"), exports.acquire("bob"));
        try {
            HttpAnswer refused = get(ranking + "?format=csv");

            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.mediaType()).isEqualTo("application/problem+json");
            assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("5");
            assertThat(refused.headers().getFirst("Content-Disposition")).isNull();
            assertThat(get(ranking).status()).as("a page is no stream").isEqualTo(200);
        } finally {
            permits.forEach(ConcurrencyLimit.Permit::release);
        }
        assertThat(get(ranking + "?format=csv").status()).isEqualTo(200);
    }

    private Socket request(String uri) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.setSoTimeout(30_000);
        String request = "GET " + uri + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Returns the bytes that arrive until the connection is closed or reset. */
    private static String readRemaining(Socket socket) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try (InputStream in = socket.getInputStream()) {
            in.transferTo(read);
        } catch (SocketException e) {
            // a reset also ends the stream without a trailer
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return read.toString(StandardCharsets.US_ASCII);
    }
}
