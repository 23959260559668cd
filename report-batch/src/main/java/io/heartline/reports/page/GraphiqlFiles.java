package io.heartline.reports.page;

import io.heartline.web.page.StaticFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The page of GraphiQL and the files that it loads, by their path under {@code /graphiql}. GraphiQL and React come from
 * WebJars, which only the quickstart has.
 */
final class GraphiqlFiles {

    private static final String OWN = "graphiql/";

    private final StaticFile index = StaticFile.read(new ClassPathResource(OWN + "index.html"));
    private final Map<String, StaticFile> files = new HashMap<>();

    /**
     * Reads all files into memory.
     *
     * @throws IOException if the class path cannot be searched
     * @throws IllegalStateException if a WebJar is missing
     */
    GraphiqlFiles() throws IOException {
        add(new ClassPathResource(OWN + "main.js"));
        add(new ClassPathResource(OWN + "layout.css"));
        add(library("graphiql", "graphiql.min.js"));
        add(library("graphiql", "graphiql.min.css"));
        add(library("react", "umd/react.production.min.js"));
        add(library("react-dom", "umd/react-dom.production.min.js"));
    }

    private void add(Resource file) {
        files.put("/" + file.getFilename(), StaticFile.read(file));
    }

    private static Resource library(String name, String path) throws IOException {
        Resource[] found = new PathMatchingResourcePatternResolver()
                .getResources("classpath*:/META-INF/resources/webjars/" + name + "/*/" + path);
        if (found.length == 0) {
            throw new IllegalStateException(GraphiqlConfiguration.ENABLED + " needs the WebJar org.webjars.npm:" + name
                    + ", which only the quickstart has");
        }
        return found[0];
    }

    /** Returns the page. */
    StaticFile index() {
        return index;
    }

    /**
     * Returns the file with a path.
     *
     * @param path the path, such as {@code /main.js}
     * @return empty if GraphiQL has no such file
     */
    Optional<StaticFile> find(String path) {
        return Optional.ofNullable(files.get(path));
    }
}
