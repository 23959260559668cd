package io.heartline.bench;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/** What a reader who asks asks for, each time, and what is made of the answer. */
interface Question {

    /** Path and query. */
    String next();

    /** @return whether there is more to be had at once */
    boolean take(ByteBuf answer, Told told);

    /** The gateway's likes since the last answer, the first of which says where they begin. */
    final class Likes implements Question {

        private static final byte[] POSITION = ascii("\"position\":\"");
        private static final byte[] MORE = ascii("\"more\":true");

        private final String path;
        private final int wait;
        private String position;

        /** @param wait seconds until an answer without likes; 0 for at once */
        Likes(String author, int wait) {
            this.path = "/v1/authors/" + author + "/likes";
            this.wait = wait;
        }

        @Override
        public String next() {
            if (position == null) {
                return path;
            }
            return path + "?after=" + position + (wait > 0 ? "&wait=" + wait : "");
        }

        @Override
        public boolean take(ByteBuf answer, Told told) {
            int likes = 0;
            for (int at = Due.next(answer, answer.readerIndex()); at >= 0; at = Due.next(answer, at + 1)) {
                told.like(Due.at(answer, at));
                likes++;
            }
            if (likes == 0 && position != null) {
                told.empty.increment();
            }
            int at = last(answer, POSITION) + POSITION.length;
            position = answer.toString(
                    at, answer.indexOf(at, answer.writerIndex(), (byte) '"') - at, StandardCharsets.US_ASCII);
            return last(answer, MORE) >= 0;
        }
    }

    /** The author's report of the week, of which the first so many events are in it. */
    final class Report implements Question {

        private static final byte[] LIKED = ascii("\"liked\":");

        private final int author;
        private final String path;
        private final Dues dues;
        private int included;

        Report(String authorId, int author, Dues dues) {
            this.path = "/v1/authors/" + authorId + "/reports/current";
            this.author = author;
            this.dues = dues;
        }

        @Override
        public String next() {
            return path;
        }

        @Override
        public boolean take(ByteBuf answer, Told told) {
            int now = 0;
            for (int at = last(answer, LIKED) + LIKED.length; Character.isDigit(answer.getByte(at)); at++) {
                now = now * 10 + answer.getByte(at) - '0';
            }
            if (now == included) {
                told.empty.increment();
            }
            while (included < now) {
                told.like(dues.get(author, included++));
            }
            return false;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static int last(ByteBuf in, byte[] text) {
        for (int at = in.writerIndex() - text.length; at >= in.readerIndex(); at--) {
            if (Due.matches(in, at, text)) {
                return at;
            }
        }
        return -text.length - 1;
    }
}
