package io.heartline.reports.progress;

import io.heartline.events.LikesLog;
import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.kafka.KafkaClients;
import io.heartline.reports.kafka.PartitionBounds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.LeaderNotAvailableException;

/**
 * A log that progress belongs to, and whose topic still is on the cluster when another log is accepted. Progress then no longer
 * refers to it, so records of it that no run has folded would never be counted.
 *
 * @param log the earlier log, with the partition count that it had when it was folded
 * @param progress the progress of its partitions, in ascending order
 */
record EarlierLog(LikesLog log, List<Progress> progress) {

    /**
     * Finds the logs that progress belongs to, except the log of the snapshot. Progress does not contain a topic, but an epoch is
     * computed from the topic's id. Topics that Kafka does not permit the client to describe, and topics of other clusters, are not
     * found.
     *
     * @param admin asks Kafka for the ids of all topics
     * @param snapshot contains the progress
     * @return the earlier logs; usually none or one, and several if an accept was interrupted
     */
    static List<EarlierLog> findAll(Admin admin, LogSnapshot snapshot) {
        Collection<Progress> others = snapshot.progress().values().stream()
                .filter(current -> !current.epoch().equals(snapshot.log().epoch()))
                .sorted(Comparator.comparingInt(Progress::partition))
                .toList();
        List<EarlierLog> found = new ArrayList<>();
        if (!others.isEmpty()) {
            KafkaClients.topicIds(admin).forEach((topic, id) -> {
                List<Progress> own = others.stream()
                        .filter(current -> isOf(current, topic, id))
                        .toList();
                if (!own.isEmpty()) {
                    found.add(new EarlierLog(new LikesLog(topic, id, own.get(0).partitions()), own));
                }
            });
        }
        return found;
    }

    private static boolean isOf(Progress progress, String topic, Uuid id) {
        return new LikesLog(topic, id, progress.partitions()).epoch().equals(progress.epoch());
    }

    /**
     * Makes sure that all records of this log are folded. A topic that was given more partitions is accepted without, because no run can
     * fold it any more.
     *
     * @param admin asks for leaders and high watermarks
     * @param consumer its assignment is changed
     * @return lines for the operator about records that are not folded; empty if there are none
     * @throws CommandRefusedException if there are such records, and a run can still fold them
     * @throws LeaderNotAvailableException if the end of a partition is unknown
     */
    List<String> requireFolded(Admin admin, Consumer<?, ?> consumer) {
        Map<Integer, PartitionBounds> bounds = PartitionBounds.fetch(admin, consumer, log);
        long records = 0;
        String first = "";
        for (Progress current : progress) {
            PartitionBounds found = bounds.get(current.partition());
            if (found == null) {
                throw new LeaderNotAvailableException("the leader of partition " + current.partition()
                        + " of the topic "
                        + log.topic() + " has not answered, so it is unknown whether a run has folded all of its"
                        + " records. Nothing was changed: try again when it does");
            }
            long next = Math.max(current.next(), found.start());
            if (next < found.highWatermark()) {
                first = first.isEmpty() ? "offset " + next + " of partition " + current.partition() : first;
                records += found.highWatermark() - next;
            }
        }
        return records == 0 ? List.of() : refuseOrDescribe(admin, records, first);
    }

    private List<String> refuseOrDescribe(Admin admin, long records, String first) {
        String unfolded = "the topic " + log.topic() + " has " + records + " records that no run has folded, the first"
                + " at " + first;
        if (KafkaClients.describeLog(admin, log.topic()).partitions() == log.partitions()) {
            throw new CommandRefusedException(unfolded + ". Without them the figures would be too low. Nothing was"
                    + " changed. First run report-batch --once --heartline.reports.topic=" + log.topic()
                    + ", or delete that topic if its records must not count: see docs/first-week.md");
        }
        return List.of(unfolded + ": it was given more partitions, so they are not counted");
    }
}
