package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What peers tell of a like: the gateway's frame, so that the bytes on the wire are alike. */
final class PeerFrame {

    private PeerFrame() {}

    static ByteBuf of(ConsumerRecord<byte[], byte[]> record) {
        String head = "{\"kind\":\"like\",\"position\":\"" + record.partition() + "-" + record.offset()
                + "\",\"loggedAt\":" + record.timestamp() + ",\"event\":";
        return Unpooled.copiedBuffer(head.getBytes(StandardCharsets.US_ASCII), record.value(), new byte[] {'}'});
    }
}
