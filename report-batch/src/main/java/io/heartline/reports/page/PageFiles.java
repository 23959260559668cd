package io.heartline.reports.page;

import io.heartline.web.page.StaticFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;

/** The files that the page loads, by their path under {@code /page}. The files of its library come from a WebJar. */
final class PageFiles {

    private static final String INDEX_PATH = "/index.html"; // at / only, because it needs a policy of its own
    private static final String LIBRARY_PATH = "/uplot/dist/";

    private static final MediaType JAVASCRIPT = MediaType.parseMediaType("text/javascript");

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
        files.put(LIBRARY_PATH + "uPlot.min.css", StaticFile.read(library(classPath, "uPlot.min.css")));
        files.put(LIBRARY_PATH + "uPlot.esm.js", StaticFile.read(libraryModule(classPath), JAVASCRIPT));
    }

    private static Resource library(PathMatchingResourcePatternResolver classPath, String name) throws IOException {
        return classPath.getResources("classpath*:/META-INF/resources/webjars/uplot/*/dist/" + name)[0];
    }

    /** Returns the library's minified script as a module. Its own module is not minified, and twice as large when compressed. */
    private static Resource libraryModule(PathMatchingResourcePatternResolver classPath) throws IOException {
        String script = library(classPath, "uPlot.iife.min.js").getContentAsString(StandardCharsets.UTF_8);
        return new ByteArrayResource((script + "\nexport default uPlot;\n").getBytes(StandardCharsets.UTF_8));
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
