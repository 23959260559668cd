package io.heartline.reports.run;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Hears of every step of an instance's job, before or after which it might die or be overtaken. */
final class Steps {

    static final String AFTER_POLL = "after poll";
    static final String AFTER_LOAD = "after load";
    static final String BEFORE_BULK = "before the bulk write";
    static final String IN_BULK = "in the middle of the bulk write";
    static final String AFTER_BULK = "after the bulk write";
    static final String BEFORE_PROGRESS = "before progress";
    static final String AFTER_PROGRESS = "after progress";

    static final List<String> ALL =
            List.of(AFTER_POLL, AFTER_LOAD, BEFORE_BULK, IN_BULK, AFTER_BULK, BEFORE_PROGRESS, AFTER_PROGRESS);

    final List<String> taken = new ArrayList<>();
    private final Consumer<Steps> then;
    private boolean isDead;

    private Steps(Consumer<Steps> then) {
        this.then = then;
    }

    static Steps untroubled() {
        return new Steps(steps -> {});
    }

    /** Dies at the n-th step, from 0. */
    static Steps dyingAt(int step) {
        return new Steps(steps -> {
            if (steps.taken.size() > step) {
                steps.isDead = true;
            }
        });
    }

    /** Dies at the n-th occurrence, from 0, of a step. */
    static Steps dyingAt(String step, int occurrence) {
        return new Steps(steps -> {
            if (steps.taken.stream().filter(step::equals).count() > occurrence) {
                steps.isDead = true;
            }
        });
    }

    /** Something else that happens, in whatever way it may fail. */
    @FunctionalInterface
    interface Event {
        void happen() throws Exception;
    }

    /** Stops at the n-th step, from 0, while something else happens, and goes on. */
    static Steps pausingAt(int step, Event meanwhile) {
        return new Steps(steps -> {
            if (steps.taken.size() == step + 1) {
                happens(meanwhile);
            }
        });
    }

    /** Whoever hears of each step. */
    @FunctionalInterface
    interface Listener {
        void hears(String step) throws Exception;
    }

    static Steps telling(Listener listener) {
        return new Steps(steps -> happens(() -> listener.hears(steps.taken.get(steps.taken.size() - 1))));
    }

    private static void happens(Event meanwhile) {
        try {
            meanwhile.happen();
        } catch (Exception e) { // whatever it is, the test cannot go on
            throw new IllegalStateException(e);
        }
    }

    void take(String step) {
        checkAlive();
        taken.add(step);
        then.accept(this);
        checkAlive();
    }

    /** The dead do nothing, not even clean up. */
    void checkAlive() {
        if (isDead) {
            throw new Crash(taken.get(taken.size() - 1));
        }
    }
}
