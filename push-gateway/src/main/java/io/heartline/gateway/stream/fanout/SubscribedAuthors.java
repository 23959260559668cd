package io.heartline.gateway.stream.fanout;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StreamClosedException;
import io.heartline.gateway.stream.connection.Outbox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The authors of a connection: one shared subscription for each partition, and one for each author that has yet to join. Confined to
 * the thread that sends, except the methods that say otherwise.
 */
final class SubscribedAuthors {

    private final Connection connection;
    private final Outbox outbox;
    private final long heartbeatMillis;
    private volatile Subscription[] all = {}; // never changed, but replaced

    SubscribedAuthors(Connection connection, Outbox outbox, long heartbeatMillis) {
        this.connection = connection;
        this.outbox = outbox;
        this.heartbeatMillis = heartbeatMillis;
    }

    /** Returns all subscriptions. The caller must not change the array. */
    Subscription[] all() {
        return all;
    }

    /** Returns the ids of the authors. */
    Set<String> names() {
        Set<String> names = new HashSet<>();
        for (Subscription subscription : all) {
            names.addAll(subscription.cursor().authors().names());
        }
        return names;
    }

    /**
     * Subscribes to the authors of the request, whose first frames are in the outbox then. Called once, before the connection starts.
     *
     * @throws StreamClosedException if a partition has failed
     */
    void start(List<ActiveLog.Start> starts) {
        Map<String, Frame> hellos = new HashMap<>();
        for (ActiveLog.Start start : starts) {
            Subscription added = start.partition().subscribe(connection, start.authors(), start.after());
            append(added);
            start.authors().forEach(author -> hellos.put(author, hello(author, start, added)));
        }
        outbox.add(connection.request().authors().stream().map(hellos::get).toList());
    }

    private Frame hello(String author, ActiveLog.Start start, Subscription subscription) {
        return Frames.hello(
                connection.request().namesAuthors() ? author : null,
                start.partition().position(subscription.lastSent()),
                start.after() != null,
                heartbeatMillis);
    }

    private void append(Subscription subscription) {
        Subscription[] longer = Arrays.copyOf(all, all.length + 1);
        longer[all.length] = subscription;
        all = longer;
        if (connection.isClosed()) { // by another thread, which may not have seen this subscription
            subscription.partition().unsubscribe(subscription);
        }
    }

    private void remove(Subscription removed) {
        all = Arrays.stream(all).filter(other -> other != removed).toArray(Subscription[]::new);
    }

    /**
     * Subscribes to an author of a client that is connected. If there are other authors of the partition, the author has a cursor of
     * its own until both cursors have read the same.
     *
     * @return completes when {@code hello} was written
     */
    CompletionStage<Void> follow(ActiveLog.Start start) {
        String author = start.authors().get(0);
        Subscription shared = sharedOf(start.partition());
        Subscription added = start.partition().subscribe(connection, start.authors(), start.after());
        added.setShared(shared == null);
        append(added);
        List<Frame> frames = new ArrayList<>();
        frames.add(hello(author, start, added));
        if (shared == null) {
            frames.add(Frames.joined(author, start.partition().position(added.lastSent())));
        }
        return outbox.add(frames);
    }

    /**
     * Ends the subscription to an author.
     *
     * @return completes when {@code unfollowed} was written; null if the author is not followed
     */
    @Nullable
    CompletionStage<Void> unfollow(String author) {
        for (Subscription subscription : all) {
            Follower follower = subscription.cursor().authors().of(author);
            if (follower != null) {
                Batch batch = new Batch(1);
                Position position = subscription.partition().unfollow(subscription, follower, batch);
                List<Frame> frames = new ArrayList<>(batch.frames());
                subscription.markSent(batch.lastOffset(subscription.lastSent()));
                frames.add(Frames.unfollowed(author, position));
                if (subscription.cursor().authors().isEmpty()) {
                    remove(subscription);
                    shareNext(subscription, frames);
                }
                return outbox.add(frames);
            }
        }
        return null;
    }

    /** Shares the next cursor of a partition whose shared cursor was removed. */
    private void shareNext(Subscription removed, List<Frame> frames) {
        if (removed.isShared()) {
            for (Subscription next : all) {
                if (next.partition() == removed.partition()) {
                    next.setShared(true);
                    Position position = next.partition().position(next.lastSent());
                    next.cursor().authors().names().forEach(author -> frames.add(Frames.joined(author, position)));
                    return;
                }
            }
        }
    }

    /** Returns a stage that completes when the frame was written. */
    CompletionStage<Void> answer(Frame frame) {
        return outbox.add(List.of(frame));
    }

    private @Nullable Subscription sharedOf(Partition partition) {
        for (Subscription subscription : all) {
            if (subscription.isShared() && subscription.partition() == partition) {
                return subscription;
            }
        }
        return null;
    }

    /** Joins the cursors of a subscription's partition, if possible. Returns whether a cursor has joined, whose frames are in the outbox. */
    boolean joinAround(Subscription subscription) {
        boolean joined = false;
        if (all.length > 1) {
            for (Subscription joining : all) {
                if (!joining.isShared() && joining.partition() == subscription.partition()) {
                    joined |= join(joining, sharedOf(joining.partition()));
                }
            }
        }
        return joined;
    }

    private boolean join(Subscription joining, Subscription shared) {
        Batch digests = new Batch(2);
        Position position = joining.partition().join(joining, shared, digests);
        if (position == null) {
            return false;
        }
        remove(joining);
        shared.markSent(position.offset());
        shared.markWoken();
        List<Frame> frames = new ArrayList<>(digests.frames());
        joining.cursor().authors().names().forEach(author -> frames.add(Frames.joined(author, position)));
        outbox.add(frames);
        return true;
    }

    /** Returns the position of each partition up to which the client has been sent everything; null without authors. */
    @Nullable
    PositionList resumePositions() {
        List<Position> positions = new ArrayList<>(all.length);
        for (Subscription subscription : all) {
            if (subscription.isShared()) {
                Position position = subscription.resumePosition();
                subscription.markSent(position.offset());
                positions.add(position);
            }
        }
        return positions.isEmpty() ? null : PositionList.of(positions);
    }

    /** Returns whether the client has been sent everything up to a position that it does not know yet. */
    boolean hasMoved() {
        for (Subscription subscription : all) {
            if (subscription.isShared() && subscription.resumePosition().offset() > subscription.lastSent()) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether every subscription has caught up, now that one has. */
    boolean markCaughtUp(Subscription subscription) {
        subscription.markCaughtUp();
        return Arrays.stream(all).allMatch(Subscription::isCaughtUp);
    }

    /** Marks that each partition may have frames. Any thread may call. */
    void markWoken() {
        for (Subscription subscription : all) {
            subscription.markWoken();
        }
    }

    void conflateIfFarBehind() {
        for (Subscription subscription : all) {
            subscription.partition().conflateIfFarBehind(subscription);
        }
    }

    /** Ends all subscriptions. Any thread may call. */
    void unsubscribe() {
        for (Subscription subscription : all) {
            subscription.partition().unsubscribe(subscription);
        }
    }
}
