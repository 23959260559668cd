package io.heartline.bench.model;

import io.heartline.bench.result.CannotMeasureException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The due times of each author's likes in their order. A report contains the number of likes, from which they follow. */
public final class DueTimes {

    private final List<List<Long>> dues = new ArrayList<>();

    public DueTimes(int authors) {
        for (int i = 0; i < authors; i++) {
            dues.add(Collections.synchronizedList(new ArrayList<>()));
        }
    }

    public void add(int author, long due) {
        dues.get(author).add(due);
    }

    /** @param number of the author's like, from 0 on */
    public long get(int author, int number) {
        if (number >= dues.get(author).size()) {
            throw new CannotMeasureException("a report contains more likes than were sent");
        }
        return dues.get(author).get(number);
    }
}
