package io.heartline.gateway;

import java.util.concurrent.atomic.AtomicReferenceArray;

/** The latest frames of an author, numbered from 0. One thread appends, any number read, nobody waits. */
final class Ring {

    private final AtomicReferenceArray<Frame> slots;
    private final int mask;
    private volatile long head;

    /** @param size a power of two */
    Ring(int size) {
        slots = new AtomicReferenceArray<>(size);
        mask = size - 1;
    }

    void append(Frame frame) {
        slots.setRelease((int) head & mask, frame);
        head++; // one writer
    }

    /** The number that the next frame will get. */
    long head() {
        return head;
    }

    /** The frame of a number below {@link #head()}, or null if it has been overwritten. */
    Frame get(long number) {
        Frame frame = slots.getAcquire((int) number & mask);
        // the slot of head - size is the one being written right now
        return head - number < slots.length() ? frame : null;
    }
}
