package io.heartline.bench.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Parameters;

/** A command that runs as a server under test, until its process is stopped. */
public abstract class Peer implements Callable<Integer> {

    @Parameters(index = "0")
    String bootstrap;

    @Parameters(index = "1")
    String topic;

    @Parameters(index = "2", description = "The loopback port on which it listens.")
    int port;

    /** Creates a frame like the gateway's, so all targets send the same bytes. */
    public static ByteBuf frame(ConsumerRecord<byte[], byte[]> record) {
        String head = "{\"kind\":\"like\",\"position\":\"" + record.partition() + "-" + record.offset()
                + "\",\"loggedAt\":" + record.timestamp() + ",\"event\":";
        return Unpooled.copiedBuffer(head.getBytes(StandardCharsets.US_ASCII), record.value(), new byte[] {'}'});
    }
}
