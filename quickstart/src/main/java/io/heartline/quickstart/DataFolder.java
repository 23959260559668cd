package io.heartline.quickstart;

import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder of Kafka's log and of the database. A file lock reserves it for one quickstart at a time. */
final class DataFolder implements AutoCloseable {

    private final Path folder;
    private final FileChannel lock;
    private final boolean isEmptyAtStart;

    /**
     * Creates the folder if it does not exist, and locks it.
     *
     * @param fresh whether to delete Kafka's log and the database; all other files stay
     * @throws IllegalStateException if another quickstart is running on it
     * @throws UncheckedIOException if the folder cannot be created or locked
     */
    DataFolder(Path folder, boolean fresh) {
        this.folder = folder.toAbsolutePath().normalize();
        try {
            Files.createDirectories(this.folder);
            lock = FileChannel.open(
                    this.folder.resolve("quickstart.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            acquireLock();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use the data folder " + this.folder, e);
        }
        if (fresh) {
            Folders.delete(kafka());
            Folders.delete(mongo().getParent());
        }
        isEmptyAtStart = !Files.exists(kafka());
    }

    private void acquireLock() throws IOException {
        boolean isAcquired;
        try {
            isAcquired = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) { // this JVM holds the lock already
            isAcquired = false;
        }
        if (!isAcquired) {
            lock.close();
            throw new IllegalStateException(
                    "another quickstart is running on " + folder + ": stop it, or choose another folder with --data");
        }
    }

    Path kafka() {
        return folder.resolve("kafka");
    }

    /** Returns the file of the database. */
    Path mongo() {
        return folder.resolve("mongo").resolve("heartline.h2");
    }

    /** Returns the file of the public key that verifies this run's tokens; it exists only if the services ask for tokens. */
    Path publicKey() {
        return folder.resolve("public-key.pem");
    }

    /** Returns whether the folder had no Kafka log at the start, or its log was deleted. */
    boolean startedEmpty() {
        return isEmptyAtStart;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
