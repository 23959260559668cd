package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.web.problem.InvalidParameterException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

class LikesRequestTest {

    @ParameterizedTest
    @ValueSource(strings = {"1", "30", "1000"})
    void numberInDecimalDigits_isRead(String text) {
        assertThat(request("limit", text).limit()).isEqualTo(Integer.parseInt(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"01", "+1", " 1", "1 ", "1.0", "\u0661", "\uff11", "", "2147483648", "99999999999999999999"})
    void numberInAnotherForm_isRefused(String text) {
        for (String name : List.of("digest", "wait", "limit")) {
            assertThatThrownBy(() -> request(name, text))
                    .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                            .isEqualTo(name));
        }
    }

    @Test
    void authorNamedTwice_countsOnce_inOrderOfRequest() {
        LikesRequest request = several("author=bob&author=alice&author=bob", null);

        assertThat(request.followRequest().authors()).containsExactly("bob", "alice");
        assertThat(request.followRequest().namesAuthors()).isTrue();
        assertThat(request.start()).isEqualTo(StartPoint.NOW);
    }

    @Test
    void hundredAuthors_areAccepted_alsoIfOneIsNamedTwice_andOneMoreIsRefused() {
        String hundred = IntStream.range(0, 100).mapToObj(i -> "author=a-" + i).collect(Collectors.joining("&"));

        assertThat(several(hundred + "&author=a-7", null).followRequest().authors())
                .hasSize(100);
        assertThat(refused(hundred + "&author=b", null)).isEqualTo("author");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "author", "author=", "author=.", "author=alice&author=no%20spaces", "post=p-1"})
    void noAuthor_orInvalidOne_isRefused(String query) {
        assertThat(refused(query, null)).isEqualTo("author");
    }

    @Test
    void positionsOfSeveralPartitions_areAccepted() {
        LikesRequest request = several("author=alice&after=k3f9-3-7,k3f9-1-start", null);

        assertThat(request.start().after()).hasToString("k3f9-1-start,k3f9-3-7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ",", "k3f9-3-7,", "k3f9-3-7,k3f9-3-8", "k3f9-3-7,m3f9-1-7", "nonsense", "k3f9-3-7 k3f9-1-7"})
    void malformedList_isRefused(String list) {
        assertThat(refused("author=alice&after=" + list.replace(" ", "%20"), null))
                .isEqualTo("after");
        assertThat(refused("author=alice", list)).as("as Last-Event-ID").isEqualTo("after");
    }

    @Test
    void listOfPositions_isRefusedForOneAuthor() {
        assertThatThrownBy(() -> request("after", "k3f9-3-7,k3f9-1-7"))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo("after"));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T10:00:00Z,             2026-11-24T10:00:00Z",
        "2026-11-24t10:00:00.5z,           2026-11-24T10:00:00.500Z",
        "2026-11-24T10:00:00.123456789Z,   2026-11-24T10:00:00.123456789Z",
        "2026-11-24T10:00:00+01:00,        2026-11-24T09:00:00Z",
        "0000-01-01T00:00:00Z,             0000-01-01T00:00:00Z"
    })
    void since_isRead_forBothResources(String text, Instant time) {
        assertThat(request("since", text).start()).isEqualTo(StartPoint.since(time));
        assertThat(several("author=alice&since=" + text.replace("+", "%2B"), null)
                        .start())
                .isEqualTo(StartPoint.since(time));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "2026-11-24",
                "2026-11-24T10:00:00",
                "2026-11-24T10:00Z",
                "2026-11-24T24:00:00Z",
                "2026-02-30T10:00:00Z",
                "2026-11-24T10:00:60Z",
                "2026-11-24T10:00:00 01:00",
                "2026-11-24T10:00:00+19:00",
                "+12026-11-24T10:00:00Z",
                "1764000000"
            })
    void timeInAnotherForm_isRefused(String text) {
        assertThatThrownBy(() -> request("since", text))
                .isInstanceOfSatisfying(InvalidParameterException.class, e -> assertThat(e.parameter())
                        .isEqualTo("since"));
    }

    @Test
    void afterAndSince_areRefused_unlessLastEventIdPrecedesBoth() {
        String both = "author=alice&after=nonsense&since=nonsense";

        assertThat(refused(both, null)).isEqualTo("since");
        assertThat(several(both, "k3f9-3-7").start().after()).hasToString("k3f9-3-7");
    }

    private static LikesRequest request(String name, String text) {
        MultiValueMap<String, String> query = new LinkedMultiValueMap<>();
        query.add(name, text);
        return LikesRequest.ofOneAuthor("alice", query, null, Caller.named("reader"));
    }

    private static LikesRequest several(String query, String lastEventId) {
        MultiValueMap<String, String> parameters = MockServerHttpRequest.method(
                        HttpMethod.GET, URI.create("http://localhost/?" + query))
                .build()
                .getQueryParams();
        return LikesRequest.ofSeveralAuthors(parameters, lastEventId, Caller.named("reader"));
    }

    private static String refused(String query, String lastEventId) {
        return catchThrowableOfType(InvalidParameterException.class, () -> several(query, lastEventId))
                .parameter();
    }
}
