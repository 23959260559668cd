package io.heartline.web;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Gives each service that a test starts its own event loops. By default, all services of a JVM share them, and the first service that
 * stops ends them for all. Spring finds this class by {@code META-INF/spring.factories}.
 */
final class OwnEventLoops implements ApplicationContextInitializer<GenericApplicationContext> {

    @Override
    public void initialize(GenericApplicationContext context) {
        context.registerBean(
                "ownEventLoops",
                ReactorResourceFactory.class,
                OwnEventLoops::eventLoops,
                definition -> definition.setFallback(true)); // the quickstart's services define their own
    }

    private static ReactorResourceFactory eventLoops() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        return resources;
    }
}
