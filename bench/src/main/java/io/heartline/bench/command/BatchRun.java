package io.heartline.bench.command;

import io.heartline.bench.command.BatchProcess.BatchTarget;
import io.heartline.bench.load.BacklogWriter;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.model.ReportFigures;
import io.heartline.bench.result.Console;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.Jcmd;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** One measurement: a new topic, database and processes, which read the same backlog one after another. */
final class BatchRun {

    final Servers servers;
    private final Path recordings;

    /** @param recordings folder for Flight Recorder files of heartline; null for none */
    BatchRun(Servers servers, Path recordings) {
        this.servers = servers;
        this.recordings = recordings;
    }

    /** A number of events, which continue in the next part with the same generator. */
    record Part(LikeGenerator likes, int events) {}

    /**
     * The result of a target.
     *
     * @param reports in the database at the end
     * @param peakBytes largest resident memory of its process
     */
    record Result(BatchProcess.Effort effort, long reports, long peakBytes) {}

    /**
     * Measures the last run of each target. The other targets are idle meanwhile.
     *
     * @param before parts to fold before, each in a run of its own, as warm-up and stored data
     * @throws io.heartline.bench.result.CannotMeasureException if a figure is wrong
     */
    Map<BatchTarget, Result> measure(Set<BatchTarget> targets, List<Part> before, Part backlog)
            throws InterruptedException {
        Map<BatchTarget, BatchProcess> processes = new EnumMap<>(BatchTarget.class);
        Map<BatchTarget, Result> results = new EnumMap<>(BatchTarget.class);
        String topic = servers.broker().newTopic();
        try (Database database = new Database()) {
            for (BatchTarget target : targets) {
                processes.put(target, new BatchProcess(target, start(target, topic, database)));
            }
            BacklogWriter writer = new BacklogWriter(servers.broker(), topic);
            for (Part part : before) {
                writer.write(part.likes(), part.events());
                Console.progress("folding %,d events to warm up", part.events());
                processes.values().forEach(BatchProcess::run);
            }
            writer.write(backlog.likes(), backlog.events());
            ReportFigures expected = new ReportFigures();
            Stream.concat(before.stream(), Stream.of(backlog))
                    .map(Part::likes)
                    .distinct()
                    .forEach(likes -> expected.add(likes.figures()));
            for (BatchTarget target : processes.keySet()) {
                Console.progress("%s folds %,d events", target, backlog.events());
                BatchProcess process = processes.get(target);
                BatchProcess.Effort effort = record(target, process, topic);
                process.requireFigures(expected, database);
                results.put(target, new Result(effort, database.reports(), process.server.peakResidentBytes()));
            }
        } finally {
            processes.values().forEach(BatchProcess::close);
            servers.broker().delete(topic);
        }
        return results;
    }

    private BatchProcess.Effort record(BatchTarget target, BatchProcess process, String topic)
            throws InterruptedException {
        if (recordings == null || target != BatchTarget.heartline) {
            return process.run();
        }
        Jcmd.startRecording(process.server);
        BatchProcess.Effort effort = process.run();
        Jcmd.dumpRecording(process.server, recordings.resolve(topic + ".jfr"));
        return effort;
    }

    private ServerProcess start(BatchTarget target, String topic, Database database) {
        return target == BatchTarget.heartline ? servers.startReports(topic, database) : servers.startBatchPeer(topic);
    }
}
