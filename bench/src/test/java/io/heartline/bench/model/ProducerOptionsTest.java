package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ProducerOptionsTest {

    @Test
    void settingNotGiven_isTheServiceDefault_andThePeerLimitOfTheMethod() {
        ProducerOptions options = options();

        assertThat(options.forSpring()).isEmpty();
        assertThat(options.forPeer(IngestMethod.single)).containsExactly("linger.ms=0");
        assertThat(options.forPeer(IngestMethod.ndjson))
                .containsExactly("batch.size=262144", "compression.type=lz4", "linger.ms=5");
    }

    @Test
    void settingGiven_appliesToServiceAndPeer() {
        ProducerOptions options = options("--linger=1", "--compression=zstd", "--batch-size=65536");

        assertThat(options.forSpring())
                .containsExactly(
                        "--spring.kafka.producer.properties.[batch.size]=65536",
                        "--spring.kafka.producer.properties.[compression.type]=zstd",
                        "--spring.kafka.producer.properties.[linger.ms]=1");
        assertThat(options.forPeer(IngestMethod.single))
                .isEqualTo(options.forPeer(IngestMethod.ndjson))
                .containsExactly("batch.size=65536", "compression.type=zstd", "linger.ms=1");
    }

    private static ProducerOptions options(String... arguments) {
        return CommandLine.populateCommand(new ProducerOptions(), arguments);
    }
}
