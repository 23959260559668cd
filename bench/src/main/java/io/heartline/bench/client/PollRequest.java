package io.heartline.bench.client;

import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.FrameText;
import io.netty.buffer.ByteBuf;

/** The requests of a polling client, and the parser of their answers. */
interface PollRequest {

    /** Returns the path and query of the next request. */
    String next();

    /**
     * Counts what an answer delivers.
     *
     * @return whether the server has more immediately
     */
    boolean read(ByteBuf answer, DeliveryCounters counters);

    /** The likes since the last answer. The first answer gives the position where they begin. */
    final class Likes implements PollRequest {

        private static final byte[] POSITION = FrameText.ascii("\"position\":\"");
        private static final byte[] MORE = FrameText.ascii("\"more\":true");

        private final String path;
        private final int wait;
        private String position;

        /** @param wait seconds after which the server answers without likes; 0 for immediately */
        Likes(String author, int wait) {
            this.path = "/v1/authors/" + author + "/likes";
            this.wait = wait;
        }

        @Override
        public String next() {
            return position == null ? path : path + "?after=" + position + (wait > 0 ? "&wait=" + wait : "");
        }

        @Override
        public boolean read(ByteBuf answer, DeliveryCounters counters) {
            int likes = 0;
            for (int at = FrameText.nextDueTime(answer, answer.readerIndex());
                    at >= 0;
                    at = FrameText.nextDueTime(answer, at + 1)) {
                counters.like(FrameText.dueTimeAt(answer, at));
                likes++;
            }
            if (likes == 0 && position != null) {
                counters.empty.increment();
            }
            position = FrameText.upTo(answer, FrameText.afterLast(answer, POSITION), '"');
            return FrameText.afterLast(answer, MORE) >= 0;
        }
    }

    /** The author's report of the week. It contains a prefix of the author's likes, so their number identifies them. */
    final class Report implements PollRequest {

        private static final byte[] LIKED = FrameText.ascii("\"liked\":");

        private final int author;
        private final String path;
        private final DueTimes dues;
        private int included;

        Report(String authorId, int author, DueTimes dues) {
            this.path = "/v1/authors/" + authorId + "/reports/current";
            this.author = author;
            this.dues = dues;
        }

        @Override
        public String next() {
            return path;
        }

        @Override
        public boolean read(ByteBuf answer, DeliveryCounters counters) {
            int now = 0;
            for (int at = FrameText.afterLast(answer, LIKED); Character.isDigit(answer.getByte(at)); at++) {
                now = now * 10 + answer.getByte(at) - '0';
            }
            if (now == included) {
                counters.empty.increment();
            }
            while (included < now) {
                counters.like(dues.get(author, included++));
            }
            return false;
        }
    }
}
