package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The messages by which a follower changes the authors of its connection. Guarded by its {@link Follower}. */
final class AuthorMessages {

    private final FollowedAuthors authors;
    private final List<String> changing;
    private final Set<String> unanswered = new HashSet<>(); // the authors of messages
    private Consumer<String> sender;
    private int changes;
    private int resumedJoining;

    /** @param changing the authors that {@link #changeAuthor} unfollows and follows again */
    AuthorMessages(FollowedAuthors authors, List<String> changing) {
        this.authors = authors;
        this.changing = new ArrayList<>(changing);
    }

    /** Starts a new connection, and follows the authors that had not joined when the previous connection ended. */
    void start(Consumer<String> connection) {
        sender = connection;
        authors.joining().forEach((author, own) -> {
            follow(author, own);
            resumedJoining++;
        });
    }

    /** Ends the connection, whose messages are not answered any more. */
    void end() {
        sender = null;
        unanswered.clear();
    }

    /** Unfollows an author, or follows it again: from now, or from where it was unfollowed. */
    void changeAuthor() {
        if (changing.isEmpty() || sender == null) {
            return;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String author = changing.get(random.nextInt(changing.size()));
        if (unanswered.contains(author)) {
            return;
        }
        if (authors.isFollowed(author)) {
            unanswered.add(author);
            sender.accept(message("unfollow", author).toString());
        } else {
            follow(author, random.nextBoolean() ? authors.unfollowedAt(author) : null);
        }
    }

    void stopChanges() {
        changing.clear();
    }

    /** @param after the author's likes start after this position; null for a start at the log's end */
    void follow(String author, Position after) {
        unanswered.add(author);
        authors.request(author, after);
        ObjectNode message = message("follow", author);
        if (after != null) {
            message.put("after", after.toString());
        }
        sender.accept(message.toString());
    }

    private static ObjectNode message(String kind, String author) {
        return JsonMapper.shared().createObjectNode().put("kind", kind).put("author", author);
    }

    /** Follows an author again that was refused for a temporary reason, unless the connection has ended since. */
    void followAgain(String author) {
        if (sender != null && unanswered.contains(author)) {
            follow(author, authors.requestedAfter(author));
        }
    }

    /** Handles the answer to a message. Other frames are no answers. */
    void handle(String kind, String author) {
        if (kind.equals("hello") || kind.equals("unfollowed")) {
            unanswered.remove(author);
        }
        changes += kind.equals("unfollowed") ? 1 : 0;
    }

    boolean areAnswered() {
        return unanswered.isEmpty();
    }

    /** Returns how often an author was unfollowed. */
    int changes() {
        return changes;
    }

    /** Returns how often a connection ended before an author had joined. */
    int resumedJoining() {
        return resumedJoining;
    }
}
