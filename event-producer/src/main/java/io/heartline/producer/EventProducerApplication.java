package io.heartline.producer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The event producer: it accepts likes over HTTP and appends them to the topic. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class EventProducerApplication {

    /**
     * Starts the service.
     *
     * @param args options of Spring Boot, such as {@code --server.port=8081}
     */
    public static void main(String[] args) {
        System.setProperty("spring.config.name", "event-producer");
        SpringApplication.run(EventProducerApplication.class, args);
    }
}
