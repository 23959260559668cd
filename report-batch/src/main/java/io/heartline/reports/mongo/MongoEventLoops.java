package io.heartline.reports.mongo;

import com.mongodb.connection.TransportSettings;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * The threads of all MongoDB clients of this process. Spring Boot would create a group for each client, end only one of them when
 * the context closes, and wait two seconds for it. So each {@code --once} would take two seconds longer.
 */
final class MongoEventLoops implements AutoCloseable {

    private static final int CLOSE_TIMEOUT_SECONDS = 2;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(new DefaultThreadFactory("mongodb"), NioIoHandler.newFactory());

    TransportSettings transport() {
        return TransportSettings.nettyBuilder().eventLoopGroup(group).build();
    }

    /** Ends the threads and waits until they have ended. Called after the clients are closed, so no quiet period is needed. */
    @Override
    public void close() {
        group.shutdownGracefully(0, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
