package io.heartline.gateway.transport;

import java.util.concurrent.CompletionStage;

/** Handles the text messages of one client. */
@FunctionalInterface
public interface MessageHandler {

    /**
     * Handles a message. Called on the channel's event loop, for one message at a time.
     *
     * @param message the text, at most 16 KiB in UTF-8
     * @return completes on the event loop when the answer was written; the next message is read after that
     */
    CompletionStage<Void> handle(String message);
}
