package io.heartline.quickstart.chaos;

import de.bwaldvogel.mongo.MongoBackend;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The stand-in for MongoDB in a process of its own. Its data is in a file, and is kept over a restart. */
final class MongoProcess {

    private static final String DATABASE = "heartline";
    private static final String DURABLE = "durable";

    private final int port = FreePorts.find(1)[0];
    private final JavaProcess process;
    private final FaultyRelay relay;

    /**
     * @param isRelayed whether clients can also connect through a relay
     * @param isDurable whether acknowledged writes survive {@link #kill}; they take longer then
     */
    MongoProcess(Path folder, Path data, boolean isRelayed, boolean isDurable) throws IOException {
        relay = isRelayed ? new FaultyRelay(port) : null;
        process = new JavaProcess(
                folder.resolve("mongo.log"),
                List.of(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MongoProcess.class.getName(),
                        data.resolve("mongo").toString(),
                        Integer.toString(port),
                        isDurable ? DURABLE : ""),
                Map.of());
    }

    /** Starts the process if it is not running. */
    void start() throws IOException {
        if (!process.isAlive()) {
            process.start();
        }
    }

    /** Stops the process after all data is written. */
    void stop() throws IOException, InterruptedException {
        process.stopByClosingInput();
    }

    /** Ends the process by SIGKILL. */
    void kill() throws InterruptedException {
        process.kill();
    }

    /** Makes many writes of reports and of progress fail from now on. */
    void breakWrites() throws IOException {
        process.writeLine(FailingWrites.BREAK);
    }

    /** Makes all writes succeed from now on. */
    void restoreWrites() throws IOException {
        process.writeLine(FailingWrites.RESTORE);
    }

    String uri() {
        return uri(port);
    }

    /** Returns the URI of the database through the relay. */
    String relayedUri() {
        return uri(relay.port());
    }

    private static String uri(int port) {
        return "mongodb://127.0.0.1:" + port + "/" + DATABASE;
    }

    FaultyRelay relay() {
        return relay;
    }

    /** Runs the server until its standard input is closed. Each line of the input is a command of {@link FailingWrites}. */
    public static void main(String[] args) throws IOException {
        FailingWrites failing = new FailingWrites();
        UnaryOperator<MongoBackend> decorator = args[2].equals(DURABLE) ? DurableWrites::wrap : failing::wrap;
        try (InProcessMongo mongo = InProcessMongo.inFile(Path.of(args[0]), Integer.parseInt(args[1]), decorator)) {
            System.out.println("started " + mongo.database(DATABASE));
            BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                failing.handleCommand(line);
            }
        }
        System.exit(0); // threads of the library would keep the JVM running
    }
}
