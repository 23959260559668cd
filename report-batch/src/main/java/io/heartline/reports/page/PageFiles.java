package io.heartline.reports.page;

import io.heartline.web.page.StaticFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** The files that the page loads, by their path under {@code /page}. The files of its library come from a WebJar. */
final class PageFiles {

    private static final String INDEX_PATH = "/index.html"; // at / only, because it needs a policy of its own
    private static final String LIBRARY_PATH = "/uplot/dist/";

    private final Map<String, StaticFile> files = new HashMap<>();

    /**
     * Reads all files into memory.
     *
     * @throws IOException if a file cannot be read
     */
    PageFiles() throws IOException {
        PathMatchingResourcePatternResolver classPath = new PathMatchingResourcePatternResolver();
        for (Resource file : classPath.getResources("classpath*:/page/*.*")) {
            files.put("/" + file.getFilename(), StaticFile.read(file));
        }
        files.remove(INDEX_PATH);
        for (String name : new String[] {"uPlot.esm.js", "uPlot.min.css"}) {
            Resource[] found = classPath.getResources("classpath*:/META-INF/resources/webjars/uplot/*/dist/" + name);
            files.put(LIBRARY_PATH + name, StaticFile.read(found[0]));
        }
    }

    /**
     * Returns the file with a path.
     *
     * @param path the path, such as {@code /main.js}
     * @return empty if the page has no such file
     */
    Optional<StaticFile> find(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
