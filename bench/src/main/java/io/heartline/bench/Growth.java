package io.heartline.bench;

import io.heartline.bench.BatchRun.Part;
import java.util.EnumSet;
import java.util.List;

/** What a run of the report batch costs as things grow that should not matter, or only in proportion. */
final class Growth {

    private static final int AUTHORS = 2000;
    private static final int POSTS = 3;
    private static final int LIKERS = 1_000_000;
    private static final int[] BACKLOGS = {100, 10, 1}; // parts of the events
    private static final int[] WEEKS = {1, 10, 50};
    private static final int PER_WEEK = 4; // events of an author, so that next to none have none

    private final BatchRun runs;
    private final Repetitions repetitions;
    private final Table table;

    Growth(BatchRun runs, Repetitions repetitions, Table.Json json) {
        this.runs = runs;
        this.repetitions = repetitions;
        this.table = json.table("growth")
                .column("case", "%s")
                .column("run", "%d")
                .column("events", "%,d")
                .column("reports", "%,d")
                .column("CPU µs/event", "%.2f")
                .column("µs/event", "%.2f")
                .column("backends' CPU µs/event", "%.2f");
    }

    void measure(int events, int warmUp, int celebrityLikes) throws InterruptedException {
        Console.print(
                "%,d authors of %d posts after %,d events, but for the celebrity, who has %,d likes among as many authors%n",
                AUTHORS, POSTS, warmUp, celebrityLikes);
        table.head();
        repetitions.forEach(run -> {
            for (int part : BACKLOGS) {
                Likes likes = likes(1);
                row(
                        "backlog ×" + BACKLOGS[0] / part,
                        run,
                        List.of(new Part(likes, warmUp)),
                        new Part(likes, events / part));
            }
            for (int weeks : WEEKS) {
                Likes history = likes(weeks);
                Likes late = history.late();
                row(
                        "stored weeks " + weeks,
                        run,
                        List.of(new Part(history, AUTHORS * weeks * PER_WEEK), new Part(late, warmUp)),
                        new Part(late, events / 10));
            }
            Likes crowd = new Likes(celebrityLikes + 1, POSTS, LIKERS, 1, 50);
            row("celebrity", run, List.of(new Part(crowd, warmUp)), new Part(crowd, 2 * celebrityLikes));
        });
    }

    private static Likes likes(int weeks) {
        return new Likes(AUTHORS, POSTS, LIKERS, weeks, 0);
    }

    private void row(String name, int run, List<Part> before, Part backlog) throws InterruptedException {
        BatchRun.Result result =
                runs.measure(EnumSet.of(BatchTarget.heartline), before, backlog).get(BatchTarget.heartline);
        int events = backlog.events();
        table.row(
                name,
                run,
                events,
                result.reports(),
                result.effort().cpuSeconds() * 1e6 / events,
                result.effort().wallSeconds() * 1e6 / events,
                result.effort().backendSeconds() * 1e6 / events);
    }
}
