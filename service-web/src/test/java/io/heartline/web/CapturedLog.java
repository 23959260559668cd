package io.heartline.web;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.slf4j.LoggerFactory;
import org.springframework.boot.test.system.CapturedOutput;

/**
 * Gives a test the log as a {@link CapturedOutput}, from the test's beginning to its end. Other classes that run at the same time log,
 * too, so a test looks for texts that only it can cause. A class that needs all output of the JVM has Spring Boot's
 * {@code OutputCaptureExtension} instead, and is {@code @Isolated}.
 */
public final class CapturedLog implements BeforeEachCallback, AfterEachCallback, ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(CapturedLog.class);

    /** The log as text. Any thread may append to it. */
    private static final class Lines extends AppenderBase<ILoggingEvent> implements CapturedOutput {

        private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        private final PatternLayout layout = new PatternLayout();
        private final StringBuffer text = new StringBuffer();

        @Override
        public void start() {
            layout.setContext(root.getLoggerContext());
            layout.setPattern("%-5level [%thread] %logger : %msg%n%ex");
            layout.start();
            super.start();
            root.addAppender(this);
        }

        @Override
        public void stop() {
            root.detachAppender(this);
            super.stop();
        }

        @Override
        protected void append(ILoggingEvent event) {
            text.append(layout.doLayout(event));
        }

        @Override
        public String getAll() {
            return text.toString();
        }

        @Override
        public String getOut() {
            return getAll();
        }

        @Override
        public String getErr() {
            return "";
        }

        @Override
        public String toString() {
            return getAll();
        }
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        TestLogging.configure(); // a later configuration would detach the lines
        Lines lines = new Lines();
        lines.start();
        test.getStore(NAMESPACE).put(Lines.class, lines);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        test.getStore(NAMESPACE).get(Lines.class, Lines.class).stop();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == CapturedOutput.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getStore(NAMESPACE).get(Lines.class, Lines.class);
    }
}
