package io.heartline.quickstart;

import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Where Kafka's log and the database are kept, held by one quickstart at a time. */
final class DataFolder implements AutoCloseable {

    private final Path folder;
    private final FileChannel lock;
    private final boolean isEmptyAtStart;

    /**
     * @param fresh whether to delete what is there; only Heartline's own files are touched
     * @throws IllegalStateException if another quickstart is running on it
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
        } catch (OverlappingFileLockException e) { // by somebody in this JVM
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

    /** The file of the database. */
    Path mongo() {
        return folder.resolve("mongo").resolve("heartline.h2");
    }

    /** Of the issuer of this run's tokens, if there is one. */
    Path publicKey() {
        return folder.resolve("public-key.pem");
    }

    /** Whether nothing was there at the start. */
    boolean startedEmpty() {
        return isEmptyAtStart;
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }
}
