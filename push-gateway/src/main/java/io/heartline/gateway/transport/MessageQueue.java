package io.heartline.gateway.transport;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's messages that wait for an answer to an earlier one. While one waits, the channel is not read. So the queue has the
 * messages of one read at most, and a client that does not read cannot fill the memory. Confined to the channel's event loop.
 */
final class MessageQueue {

    private static final Logger logger = LoggerFactory.getLogger(MessageQueue.class);

    private final Channel channel;
    private final MessageHandler handler;
    private final Queue<String> waiting = new ArrayDeque<>(0); // small, because most clients send nothing
    private boolean isHandling; // a message has no answer yet
    private boolean isLooping;
    private boolean isStopped;

    /**
     * Creates an empty queue.
     *
     * @param channel the channel to the client
     * @param handler answers the messages
     */
    MessageQueue(Channel channel, MessageHandler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /** Handles a message after the earlier messages. */
    void add(String message) {
        if (!isStopped) {
            waiting.add(message);
            handleWaiting();
        }
    }

    /** Drops all messages, because the stream has ended. The channel is read again, because the client's close may follow. */
    void stop() {
        isStopped = true;
        waiting.clear();
        readIf(true);
    }

    private void handleWaiting() {
        if (isLooping) {
            return; // a message was answered immediately, so the loop below continues
        }
        isLooping = true;
        while (!isHandling && !waiting.isEmpty()) {
            isHandling = true;
            handle(waiting.remove()).whenComplete((answered, e) -> {
                if (channel.eventLoop().inEventLoop()) {
                    onAnswer(e);
                } else { // another thread has ended the stream
                    channel.eventLoop().execute(() -> onAnswer(e));
                }
            });
        }
        isLooping = false;
        readIf(waiting.isEmpty());
    }

    private void onAnswer(@Nullable Throwable failure) {
        if (failure != null) {
            logger.error("a client's message could not be handled", failure);
        }
        isHandling = false;
        handleWaiting();
    }

    private CompletionStage<Void> handle(String message) {
        try {
            return handler.handle(message);
        } catch (RuntimeException | Error e) { // a defect, or no memory
            return CompletableFuture.failedStage(e);
        }
    }

    private void readIf(boolean isRead) {
        if (channel.isActive() && channel.config().isAutoRead() != isRead) {
            channel.config().setAutoRead(isRead);
        }
    }
}
