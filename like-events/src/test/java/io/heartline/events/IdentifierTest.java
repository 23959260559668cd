package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifierTest {

    @ParameterizedTest
    @ValueSource(strings = {"alice", "a", "...", ".a", "user@example.com", "urn:post:1", "A|b+c~d=e-f_g"})
    void isValid_acceptsWhatTheRuleAllows(String id) {
        assertThat(Identifier.isValid(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "a b", "a/b", "a%b", "\u00e9", "a\n", "$where", "a\u0000", "a,b", "\"a\""})
    void isValid_refusesEverythingElse(String id) {
        assertThat(Identifier.isValid(id)).isFalse();
    }

    @Test
    void isValid_boundsTheLengthAt128() {
        assertThat(Identifier.isValid("x".repeat(128))).isTrue();
        assertThat(Identifier.isValid("x".repeat(129))).isFalse();
        assertThat(Identifier.isValid(null)).isFalse();
    }

    @Test
    void event_withInvalidId_cannotBeCreated() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Unliked("e", "p", "a", "no spaces", Instant.EPOCH))
                .withMessageStartingWith("likerId must be");
    }
}
