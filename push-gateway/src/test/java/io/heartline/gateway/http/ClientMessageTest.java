package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.http.ClientMessage.Follow;
import io.heartline.gateway.http.ClientMessage.Token;
import io.heartline.gateway.http.ClientMessage.Unfollow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {

    @Test
    void messages_areParsed_withUnknownFields() {
        assertThat(ClientMessage.parse("{\"kind\":\"follow\",\"author\":\"c\"}"))
                .isEqualTo(new Follow("c", null, null));
        assertThat(ClientMessage.parse(
                        "{\"author\":\"c\",\"after\":\"k3f9-7-9\",\"since\":null,\"new\":[{}],\"kind\":\"follow\"}"))
                .isEqualTo(new Follow("c", "k3f9-7-9", null));
        assertThat(ClientMessage.parse("{\"kind\":\"follow\",\"author\":\"c\",\"since\":\"2026-11-24T10:00:00Z\"}"))
                .isEqualTo(new Follow("c", null, "2026-11-24T10:00:00Z"));
        assertThat(ClientMessage.parse(" {\"kind\" : \"unfollow\" , \"author\" : \"c\"} \n"))
                .isEqualTo(new Unfollow("c"));
        assertThat(ClientMessage.parse("{\"kind\":\"token\",\"token\":\"a.b.c\"}"))
                .isEqualTo(new Token("a.b.c"));
    }

    @Test
    void startThatIsNoString_isKept_soThatItIsRefused() {
        assertThat(ClientMessage.parse("{\"kind\":\"follow\",\"author\":\"c\",\"after\":7,\"since\":[]}"))
                .isEqualTo(new Follow("c", "7", "[]"));
    }

    @Test
    void token_isNotInItsText() {
        assertThat(new Token("a.b.c")).hasToString("Token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"follow\"",
                "anybody there?",
                "{}",
                "{\"kind\":\"hello\"}",
                "{\"kind\":1,\"author\":\"c\"}",
                "{\"kind\":\"follow\"}",
                "{\"kind\":\"follow\",\"author\":1}",
                "{\"kind\":\"follow\",\"author\":null}",
                "{\"kind\":\"unfollow\",\"author\":[\"c\"]}",
                "{\"kind\":\"token\"}",
                "{\"kind\":\"token\",\"token\":{}}",
                "{\"kind\":\"Follow\",\"author\":\"c\"}",
                "{\"kind\":\"follow\",\"author\":\"c\"",
                "{\"kind\":\"follow\",\"author\":\"c\"} x",
                "{\"kind\":\"follow\",\"author\":\"c\",\"author\":\"d\"}",
                "{'kind':'follow','author':'c'}",
            })
    void anotherText_isNoMessage(String text) {
        assertThat(ClientMessage.parse(text)).isNull();
    }

    @Test
    void deepNesting_isNoMessage() {
        String deep = "[".repeat(8_000) + "]".repeat(8_000);

        assertThat(ClientMessage.parse("{\"kind\":\"follow\",\"author\":\"c\",\"x\":" + deep + "}"))
                .isNull();
    }
}
