package io.heartline.gateway.stream.connection;

import java.util.ArrayList;
import java.util.List;

/**
 * A set without an order. A member stores its index, so it takes the memory of one reference, and its removal takes constant time. A
 * member is in one set at most. Not thread-safe.
 *
 * @param <T> the class of members
 */
public final class IndexedSet<T extends IndexedSet.Member> {

    private final List<T> members = new ArrayList<>(0);

    /** Creates an empty set. */
    public IndexedSet() {}

    /** An object that can be in a set. */
    public abstract static class Member {

        private int index = -1; // not in a set

        /** Creates an object that is in no set. */
        protected Member() {}
    }

    /**
     * Adds a member that is in no set.
     *
     * @param member the member
     */
    public void add(T member) {
        Member added = member;
        added.index = members.size();
        members.add(member);
    }

    /**
     * Removes a member.
     *
     * @param member a member of this set, or of none
     * @return whether it was present
     */
    public boolean remove(T member) {
        Member removed = member;
        if (removed.index < 0) {
            return false;
        }
        T last = members.remove(members.size() - 1);
        if (last != member) {
            Member moved = last;
            moved.index = removed.index;
            members.set(moved.index, last);
        }
        removed.index = -1;
        return true;
    }

    /**
     * Returns the members.
     *
     * @return a copy
     */
    public List<T> copy() {
        return List.copyOf(members);
    }
}
