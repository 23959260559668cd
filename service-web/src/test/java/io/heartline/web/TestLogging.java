package io.heartline.web;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogFile;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.logging.LoggingSystemFactory;
import org.springframework.boot.logging.logback.LogbackLoggingSystem;
import org.springframework.core.Ordered;
import org.springframework.core.env.StandardEnvironment;

/**
 * Configures Logback once in a JVM. By default, each service that starts after another one has stopped configures it again. Meanwhile
 * nothing is logged, not even by tests that run at the same time. Spring finds the factory by {@code META-INF/spring.factories}.
 */
final class TestLogging extends LogbackLoggingSystem {

    private TestLogging(ClassLoader loader) {
        super(loader);
    }

    static final class Factory implements LoggingSystemFactory, Ordered {

        @Override
        public LoggingSystem getLoggingSystem(ClassLoader loader) {
            return new TestLogging(loader);
        }

        @Override
        public int getOrder() {
            return HIGHEST_PRECEDENCE;
        }
    }

    /** Configures Logback, unless a service has done it. */
    static void configure() {
        new TestLogging(TestLogging.class.getClassLoader())
                .initialize(new LoggingInitializationContext(new StandardEnvironment()), null, null);
    }

    @Override
    public void beforeInitialize() {
        // initialize calls it
    }

    @Override
    public void initialize(LoggingInitializationContext context, @Nullable String location, @Nullable LogFile file) {
        synchronized (TestLogging.class) {
            super.beforeInitialize(); // both do nothing if Logback is configured
            super.initialize(context, location, file);
        }
    }

    @Override
    public void cleanUp() {
        // other services of this JVM continue to log
    }
}
