package io.heartline.producer.like;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.kafka.BufferFullException;
import io.heartline.producer.kafka.UnusableTopicException;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RefusedExceptionTest {

    static Stream<Exception> kafkaRefusals() {
        return Stream.of(
                new TopicAuthorizationException("likes"),
                new RecordTooLargeException("for this topic"),
                new UnusableTopicException("cleanup.policy is compact"));
    }

    @ParameterizedTest
    @MethodSource("kafkaRefusals")
    void kafkaRefusedTheLike_typeIsLogRefused(Exception failure) {
        RefusedException refusal = RefusedException.of(failure);

        assertThat(refusal.type()).isEqualTo(ProblemType.LOG_REFUSED);
        assertThat(refusal).hasMessageNotContaining("unknown").hasCause(failure);
    }

    static Stream<Exception> unknownOutcomes() {
        return Stream.of(
                new TimeoutException("too slow"),
                new KafkaException("in an error state"),
                new KafkaException(new UnusableTopicException("found after the like was acknowledged")));
    }

    @ParameterizedTest
    @MethodSource("unknownOutcomes")
    void resultIsUnknown_typeIsLogUnavailable(Exception failure) {
        assertThat(RefusedException.of(failure).type()).isEqualTo(ProblemType.LOG_UNAVAILABLE);
    }

    @Test
    void failureIsARefusal_isReturnedAsItIs() {
        RefusedException refusal = RefusedException.overloaded("This instance takes 1 single like at a time.");

        assertThat(RefusedException.of(refusal)).isSameAs(refusal);
    }

    @Test
    void bufferIsFull_isRefusedAsOverloaded() {
        assertThat(RefusedException.of(new BufferFullException()).type()).isEqualTo(ProblemType.OVERLOADED);
    }
}
