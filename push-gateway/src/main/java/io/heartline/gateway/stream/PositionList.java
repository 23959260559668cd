package io.heartline.gateway.stream;

import io.heartline.events.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The point from which a stream of several partitions can resume: at most one position for each partition, all of one epoch. Its
 * text is the positions in order of partition, separated by commas. Immutable.
 */
public final class PositionList {

    private final List<Position> positions; // in order of partition; at least one

    private PositionList(List<Position> positions) {
        this.positions = positions;
    }

    /**
     * Returns a list of one position.
     *
     * @param position the position
     * @return the list
     */
    public static PositionList of(Position position) {
        return new PositionList(List.of(position));
    }

    /**
     * Returns a list of positions.
     *
     * @param positions at least one, in any order
     * @return the list
     * @throws IllegalArgumentException if two positions have the same partition, or different epochs
     */
    public static PositionList of(List<Position> positions) {
        List<Position> sorted = positions.stream()
                .sorted(Comparator.comparingInt(Position::partition))
                .toList();
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).partition() == sorted.get(i - 1).partition()) {
                throw new IllegalArgumentException("must have at most one position of each partition");
            }
            if (!sorted.get(i).epoch().equals(sorted.get(0).epoch())) {
                throw new IllegalArgumentException(
                        "must be positions of one epoch, which is the part before the first hyphen");
            }
        }
        return new PositionList(sorted);
    }

    /**
     * Parses the text of a list.
     *
     * @param text positions, separated by commas
     * @return the list
     * @throws IllegalArgumentException if a part of the text is no position, and as {@link #of(List)} does
     */
    public static PositionList parse(String text) {
        List<Position> positions = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            positions.add(Position.parse(part));
        }
        return of(positions);
    }

    /**
     * Returns the epoch of all positions.
     *
     * @return the epoch
     */
    public String epoch() {
        return positions.get(0).epoch();
    }

    /**
     * Returns all positions.
     *
     * @return the positions in order of partition, at least one
     */
    public List<Position> positions() {
        return positions;
    }

    /**
     * Returns the position of a partition.
     *
     * @param partition the number of the partition
     * @return the position; null if this list has none of the partition
     */
    public @Nullable Position of(int partition) {
        for (Position position : positions) {
            if (position.partition() == partition) {
                return position;
            }
        }
        return null;
    }

    /**
     * Returns this list with another position of one partition.
     *
     * @param position the position, of the same epoch, which replaces the position of its partition if there is one
     * @return a list that has the position
     */
    public PositionList with(Position position) {
        List<Position> changed = new ArrayList<>(positions.size() + 1);
        boolean added = false;
        for (Position other : positions) {
            if (!added && other.partition() >= position.partition()) {
                changed.add(position);
                added = true;
            }
            if (other.partition() != position.partition()) {
                changed.add(other);
            }
        }
        if (!added) {
            changed.add(position);
        }
        return new PositionList(changed);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PositionList list && positions.equals(list.positions);
    }

    @Override
    public int hashCode() {
        return positions.hashCode();
    }

    @Override
    public String toString() {
        return positions.stream().map(Position::toString).collect(Collectors.joining(","));
    }
}
