package io.heartline.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Tests that the compose files match the pages about them, as far as this is possible without Docker. */
class ComposeExamplesTest {

    private static final Path ROOT = Path.of("..");

    @Test
    void prometheusTargetsInTheDocs_areAllowedHosts() throws IOException {
        List<String> names = found("`([a-z-]+):9080`", Path.of("docs", "production.md"));
        List<String> settings = found(" HEARTLINE_SECURITY_ALLOWED_HOSTS: (\\S+)", Path.of("compose.production.yml"));

        assertThat(names).hasSize(3);
        assertThat(settings).hasSize(1);
        AllowedHosts allowed = new AllowedHosts(List.of(settings.get(0).split(",")));
        assertThat(names).allMatch(name -> allowed.contains(RequestHost.parse(name + ":9080")));
    }

    /** Compose replaces the containers of a project by those of another file with the same project and service names. */
    @Test
    void eachFile_isASeparateProject() throws IOException {
        List<String> projects = new ArrayList<>();
        for (String file : List.of("docker-compose.yml", "compose.ha.yml", "compose.production.yml")) {
            projects.addAll(found("(?m)^name: (\\S+)$", Path.of(file)));
        }

        assertThat(projects).hasSize(3).doesNotHaveDuplicates();
        assertThat(found("network\\s+`(\\S+)_heartline`", Path.of("docs", "production.md")))
                .containsExactly(projects.get(2));
    }

    private static List<String> found(String pattern, Path file) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(ROOT.resolve(file)))
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
