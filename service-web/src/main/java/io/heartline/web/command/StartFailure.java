package io.heartline.web.command;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.web.server.PortInUseException;

/** Finds the reason why a service could not start. Spring has logged the details by then. */
public final class StartFailure {

    private StartFailure() {}

    /**
     * Returns the reason in one line, with the setting to change if it is known.
     *
     * @param failure the exception that has ended the start
     * @return one line
     */
    public static String describe(Throwable failure) {
        Throwable cause = failure;
        BindException binding = null;
        while (cause.getCause() != null && !(cause instanceof PortInUseException)) {
            binding = cause instanceof BindException found ? found : binding;
            cause = cause.getCause();
        }
        if (cause instanceof PortInUseException inUse) {
            return "port " + inUse.getPort() + " is in use. Stop the process that listens on it, or choose another port"
                    + " with --server.port (--management.server.port for the actuator's own port)";
        }
        String reason = firstLine(cause);
        return binding == null ? reason : binding.getName() + ": " + reason;
    }

    private static String firstLine(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.toString()
                : message.strip().lines().findFirst().orElseThrow();
    }
}
