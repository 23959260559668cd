package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ContainerImagesTest {

    @Test
    void imagesOfTests_areTheImagesOfDockerCompose() throws IOException {
        Path compose = Path.of("..", "..", "docker-compose.yml");

        assertThat(Files.readAllLines(compose))
                .map(String::strip)
                .contains("image: " + ContainerKafka.IMAGE, "image: " + ContainerMongo.IMAGE);
    }
}
