package io.heartline.bench;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** One measurement: a new topic, a new database, new processes, which work off the same backlog one after another. */
final class BatchRun {

    private final Servers servers;
    private final Broker broker;
    private final Path recordings;

    /** @param recordings where to put what the Flight Recorder sees of heartline; null for nowhere */
    BatchRun(Servers servers, Broker broker, Path recordings) {
        this.servers = servers;
        this.broker = broker;
        this.recordings = recordings;
    }

    /** So many events of these likes, which may go on in the next part. */
    record Part(Likes likes, int events) {}

    /**
     * What became of a target.
     *
     * @param reports in the database at the end
     * @param peakBytes the most that its process ever took of resident memory
     */
    record Result(BatchProcess.Effort effort, long reports, long peakBytes) {}

    /**
     * Only the last run is measured. Nothing else is going on meanwhile: the other targets wait, and so do we.
     *
     * @param before what is folded in one run each, to warm up and to have something stored
     * @throws CannotMeasureException if anything was miscounted
     */
    Map<BatchTarget, Result> measure(Set<BatchTarget> targets, List<Part> before, Part backlog)
            throws InterruptedException {
        Map<BatchTarget, BatchProcess> processes = new EnumMap<>(BatchTarget.class);
        Map<BatchTarget, Result> results = new EnumMap<>(BatchTarget.class);
        String topic = broker.newTopic();
        try (Database database = new Database()) {
            for (BatchTarget target : targets) {
                processes.put(target, new BatchProcess(target, start(target, topic, database)));
            }
            Backlog writer = new Backlog(broker, topic);
            for (Part part : before) {
                writer.write(part.likes(), part.events());
                Console.progress("folding %,d events to warm up", part.events());
                processes.values().forEach(BatchProcess::run);
            }
            writer.write(backlog.likes(), backlog.events());
            Figures expected = Stream.concat(before.stream(), Stream.of(backlog))
                    .map(Part::likes)
                    .distinct()
                    .map(Likes::figures)
                    .reduce(Figures::plus)
                    .orElseThrow();
            for (BatchTarget target : processes.keySet()) {
                Console.progress("%s folds %,d events", target, backlog.events());
                BatchProcess process = processes.get(target);
                BatchProcess.Effort effort = record(target, process, topic);
                process.requireFigures(expected, database);
                results.put(
                        target,
                        new Result(effort, database.reports(), process.server().peakResidentBytes()));
            }
        } finally {
            processes.values().forEach(BatchProcess::close);
            broker.delete(topic);
        }
        return results;
    }

    private BatchProcess.Effort record(BatchTarget target, BatchProcess process, String topic)
            throws InterruptedException {
        if (recordings == null || target != BatchTarget.heartline) {
            return process.run();
        }
        Jcmd.startRecording(process.server());
        BatchProcess.Effort effort = process.run();
        Jcmd.dumpRecording(process.server(), recordings.resolve(topic + ".jfr"));
        return effort;
    }

    private ServerProcess start(BatchTarget target, String topic, Database database) {
        return target == BatchTarget.heartline
                ? servers.startReports(topic, database)
                : servers.startBatchPeer(target, topic);
    }
}
