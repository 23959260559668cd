package io.heartline.quickstart;

import java.nio.file.Path;
import java.util.List;

/** The settings of a test's quickstart: on free ports, with runs on request only. */
final class FreePortSettings {

    private FreePortSettings() {}

    /**
     * Returns settings.
     *
     * @param data the folder of Kafka's log and of the database
     * @param fresh whether to begin with an empty folder
     * @param secure whether the services ask for tokens
     * @param allowedOrigins the origins of pages, besides Heartline's own page, that may send requests
     */
    static Heartline.Settings of(Path data, boolean fresh, boolean secure, String... allowedOrigins) {
        return new Heartline.Settings(0, 0, 0, 0, 0, data, fresh, "-", secure, List.of(allowedOrigins));
    }
}
