package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.gateway.stream.Caller;
import io.heartline.web.problem.InvalidParameterException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

    private static LikesRequest request(String name, String text) {
        MultiValueMap<String, String> query = new LinkedMultiValueMap<>();
        query.add(name, text);
        return LikesRequest.of("alice", query, null, Caller.named("reader"));
    }
}
