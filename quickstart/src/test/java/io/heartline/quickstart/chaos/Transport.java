package io.heartline.quickstart.chaos;

import java.net.URI;
import java.net.http.HttpClient;

/** The protocol by which a follower receives its frames. */
enum Transport {
    WEB_SOCKET("ws") {
        @Override
        Runnable open(HttpClient http, URI likes, String after, Follower.Stream stream) {
            return new WebSocketReader(stream).open(http, likes, after);
        }
    },
    EVENT_STREAM("http") {
        @Override
        Runnable open(HttpClient http, URI likes, String after, Follower.Stream stream) {
            return new EventStreamReader(stream).open(http, likes, after);
        }
    },
    LONG_POLL("http") {
        @Override
        Runnable open(HttpClient http, URI likes, String after, Follower.Stream stream) {
            return new LongPollReader(stream, http, likes).open(after);
        }
    };

    private final String scheme;

    Transport(String scheme) {
        this.scheme = scheme;
    }

    String scheme() {
        return scheme;
    }

    /**
     * Connects a stream.
     *
     * @param after the list of the follower's last positions; null for a start at the log's end
     * @return a task that aborts the connection without a close frame
     */
    abstract Runnable open(HttpClient http, URI likes, String after, Follower.Stream stream);
}
