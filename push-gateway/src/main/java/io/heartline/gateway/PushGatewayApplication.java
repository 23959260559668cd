package io.heartline.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The push gateway: follows the topic and sends each like to its author's clients as soon as it is logged. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class PushGatewayApplication {

    /**
     * Starts the service.
     *
     * @param args options of Spring Boot, such as {@code --server.port=8082}
     */
    public static void main(String[] args) {
        System.setProperty("spring.config.name", "push-gateway");
        SpringApplication.run(PushGatewayApplication.class, args);
    }
}
