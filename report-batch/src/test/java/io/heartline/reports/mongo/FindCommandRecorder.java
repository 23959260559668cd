package io.heartline.reports.mongo;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.bson.BsonDocument;

/** Records the {@code find} commands that a client sends to MongoDB, in order. */
public final class FindCommandRecorder implements CommandListener {

    /** The commands so far. */
    public final Queue<BsonDocument> commands = new ConcurrentLinkedQueue<>();

    @Override
    public void commandStarted(CommandStartedEvent event) {
        if (event.getCommandName().equals("find")) {
            commands.add(event.getCommand().clone()); // the driver frees the original when this method returns
        }
    }
}
