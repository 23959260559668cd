package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefusedExceptionTest {

    static Stream<Exception> refusals() {
        return Stream.of(
                new TopicAuthorizationException("likes"),
                new RecordTooLargeException("for this topic"),
                new UnusableTopicException("cleanup.policy is compact"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void kafkaRefusedTheLike_typeIsLogRefused(Exception failure) {
        RefusedException refusal = RefusedException.of(failure);

        assertThat(refusal.type()).isEqualTo(ProblemType.logRefused);
        assertThat(refusal).hasMessageNotContaining("unknown").hasCause(failure);
    }

    static Stream<Exception> unknowns() {
        return Stream.of(
                new TimeoutException("too slow"),
                new KafkaException("in an error state"),
                new KafkaException(new UnusableTopicException("found after the like was acknowledged")));
    }

    @ParameterizedTest
    @MethodSource("unknowns")
    void resultIsUnknown_typeIsLogUnavailable(Exception failure) {
        assertThat(RefusedException.of(failure).type()).isEqualTo(ProblemType.logUnavailable);
    }

    @Test
    void failureIsARefusal_isReturnedAsItIs() {
        RefusedException refusal = RefusedException.overloaded("This instance takes 1 single like at a time.");

        assertThat(RefusedException.of(refusal)).isSameAs(refusal);
    }
}
