package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MessageQueueTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<String> handled = new ArrayList<>();
    private CompletableFuture<Void> answer = new CompletableFuture<>();
    private final MessageQueue queue = new MessageQueue(channel, message -> {
        handled.add(message);
        return answer;
    });

    @Test
    void nextMessage_isHandledAfterTheAnswer_inOrder() {
        queue.add("a");
        queue.add("b");
        queue.add("c");
        assertThat(handled).containsExactly("a");
        CompletableFuture<Void> first = answer;
        answer = CompletableFuture.completedFuture(null);

        first.complete(null);

        assertThat(handled).containsExactly("a", "b", "c");
    }

    @Test
    void channelIsNotRead_whileAMessageWaits() {
        queue.add("a");
        assertThat(channel.config().isAutoRead()).isTrue();
        queue.add("b");
        assertThat(channel.config().isAutoRead()).isFalse();
        CompletableFuture<Void> first = answer;
        answer = new CompletableFuture<>();

        first.complete(null);

        assertThat(handled).containsExactly("a", "b");
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void manyAnsweredMessages_overflowNoStack() {
        queue.add("first");
        for (int i = 0; i < 100_000; i++) {
            queue.add("");
        }
        CompletableFuture<Void> first = answer;
        answer = CompletableFuture.completedFuture(null);

        first.complete(null);

        assertThat(handled).hasSize(100_001);
    }

    @Test
    void answerOnAnotherThread_continuesOnTheEventLoop() throws Exception {
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
        try {
            Channel local = new LocalChannel();
            loops.register(local).sync();
            List<Boolean> onLoop = new CopyOnWriteArrayList<>();
            MessageQueue threaded = new MessageQueue(local, message -> {
                onLoop.add(local.eventLoop().inEventLoop());
                return answer;
            });
            local.eventLoop()
                    .submit(() -> {
                        threaded.add("a");
                        threaded.add("b");
                    })
                    .sync();

            answer.complete(null);

            local.eventLoop().submit(() -> {}).sync();
            assertThat(onLoop).containsExactly(true, true);
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    @Test
    void stopped_messagesAreDropped_andChannelIsRead() {
        queue.add("a");
        queue.add("b");

        queue.stop();
        queue.add("c");
        answer.complete(null);

        assertThat(handled).containsExactly("a");
        assertThat(channel.config().isAutoRead()).isTrue();
    }
}
