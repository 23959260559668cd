package io.heartline.quickstart;

import static io.heartline.quickstart.PageExtension.target;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The commands that each card of the page offers to copy, as a visitor runs them in a shell. */
@Tag("browser")
class PageCommandsIT {

    /** The exit code of curl if its time is over, as for a stream that does not end. */
    private static final int TIMED_OUT = 28;

    @RegisterExtension
    static final PageExtension page = new PageExtension();

    private record Result(int exitCode, String output) {}

    private static Result run(String command) throws Exception {
        String inTime = command.replaceFirst("^curl ", "curl -sS --fail-with-body --max-time 3 ");
        Process shell = new ProcessBuilder("bash", "-c", inTime)
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(shell.waitFor(), output);
    }

    @Test
    void eachCommand_isAnsweredByItsService() throws Exception {
        page.awaitConnection();
        page.like("bob");
        page.browser.awaitText(target("live", "count"), "^1$");

        page.browser.run("for (const card of document.querySelectorAll('[data-curl]')) card.open = true");
        page.browser.awaitText("[data-curl=poll] code", "^curl ");
        List<?> commands = (List<?>) page.browser.run(
                "return [...document.querySelectorAll('[data-curl] code')].map((code) => code.textContent)");

        assertThat(commands).hasSize(8);
        for (Object command : commands) {
            Result result = run(command.toString());
            boolean isStream = command.toString().contains(" -N ");
            assertThat(result.exitCode()).as("%s: %s", command, result.output()).isEqualTo(isStream ? TIMED_OUT : 0);
            assertThat(result.output())
                    .as("%s", command)
                    .contains(isStream ? "event:" : "")
                    .doesNotContain("\"errors\"");
        }
    }
}
