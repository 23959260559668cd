package io.heartline.reports.mongo.server;

import com.mongodb.event.CommandFailedEvent;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.bson.BsonDocument;

/** Records the commands that a client sends to MongoDB, in order, and the names of failed commands. */
final class CommandRecorder implements CommandListener {

    private final Queue<BsonDocument> commands = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile Consumer<BsonDocument> onStart = command -> {};

    @Override
    public void commandStarted(CommandStartedEvent event) {
        BsonDocument command = event.getCommand().clone(); // the driver frees the original when this method returns
        commands.add(command);
        onStart.accept(command);
    }

    @Override
    public void commandFailed(CommandFailedEvent event) {
        failures.add(event.getCommandName());
    }

    /** Calls the listener before each later command is sent, on the thread that sends it. */
    void onStart(Consumer<BsonDocument> listener) {
        onStart = listener;
    }

    /** Returns the commands so far, and forgets them. */
    List<BsonDocument> take() {
        List<BsonDocument> taken = new ArrayList<>();
        for (BsonDocument next = commands.poll(); next != null; next = commands.poll()) {
            taken.add(next);
        }
        return taken;
    }

    /** Returns the names of the commands that failed, which include errors, timeouts and lost connections. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    static String name(BsonDocument command) {
        return command.getFirstKey();
    }

    /** Returns the collection of a command; empty if it is about none. */
    static String collection(BsonDocument command) {
        String key = name(command).equals("getMore") ? "collection" : name(command);
        return command.isString(key) ? command.getString(key).getValue() : "";
    }

    static boolean is(BsonDocument command, String name, String collection) {
        return name(command).equals(name) && collection(command).equals(collection);
    }
}
