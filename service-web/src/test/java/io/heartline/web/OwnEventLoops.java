package io.heartline.web;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Gives each service that a test starts its own event loops. By default, all services of a JVM share them, and the first service that
 * stops ends them for all. Spring finds this class by {@code META-INF/spring.factories}.
 */
final class OwnEventLoops implements ApplicationContextInitializer<GenericApplicationContext>, Ordered {

    @Override
    public void initialize(GenericApplicationContext context) {
        boolean isDefined =
                context.getBeanFactory().getBeanNamesForType(ReactorResourceFactory.class, false, false).length > 0;
        if (!isDefined) { // the quickstart defines them itself
            context.registerBean("ownEventLoops", ReactorResourceFactory.class, OwnEventLoops::eventLoops);
        }
    }

    private static ReactorResourceFactory eventLoops() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        return resources;
    }

    /** Comes after the initializers of tests. */
    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE;
    }
}
