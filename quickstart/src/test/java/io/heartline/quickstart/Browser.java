package io.heartline.quickstart;

import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chromium without a window. Its methods return what a person would see, and what DevTools reports. */
final class Browser implements AutoCloseable {

    private static final String[] CHROMIUM = {"chromium", "google-chrome"};
    private static final String CHROMEDRIVER = "chromedriver";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ChromeDriver driver;

    Browser() {
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        logs.enable(LogType.PERFORMANCE, Level.ALL);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(require(CHROMIUM));
        options.setCapability("goog:loggingPrefs", logs);
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                // few processes, because each start costs CPU
                "--disable-features=SpareRendererForSitePerProcess",
                "--disable-site-isolation-trials",
                "--in-process-gpu",
                "--renderer-process-limit=1",
                // no access to other hosts
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1");
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(require(CHROMEDRIVER))
                        .withSilent(true)
                        .build(),
                options);
    }

    /** Returns whether tests of the page run: if a browser is installed, or if all commands are required. */
    static boolean isAvailable() {
        return InstalledCommands.isRequired()
                || (InstalledCommands.find(CHROMIUM).isPresent()
                        && InstalledCommands.find(CHROMEDRIVER).isPresent());
    }

    private static File require(String... names) {
        return InstalledCommands.find(names)
                .orElseThrow(() -> new IllegalStateException(String.join(" or ", names) + " is not installed"));
    }

    /** Opens a page after an empty one, and discards the console and network events of the page before. */
    void open(String url) {
        driver.get("about:blank");
        consoleWarnings();
        requestedHosts();
        driver.get(url);
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** Returns the text of an element, including text that only screen readers present. */
    String text(String css) {
        return (String) run("return document.querySelector(arguments[0]).textContent", css);
    }

    /** Chooses a value of a control, as a visitor does. */
    void choose(String css, String value) {
        run(
                "const e = document.querySelector(arguments[0]); e.value = arguments[1];"
                        + " for (const type of ['input', 'change']) e.dispatchEvent(new Event(type))",
                css,
                value);
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** @param script a script that calls its last argument with the result */
    Object runAsync(String script, Object... arguments) {
        return driver.executeAsyncScript(script, arguments);
    }

    /** Sends a key to the element that has the focus. */
    void press(Keys key) {
        new Actions(driver).sendKeys(key).perform();
    }

    void awaitText(String css, String regex) {
        awaitText(css, regex, TIMEOUT);
    }

    void awaitText(String css, String regex, Duration atMost) {
        Pattern expected = Pattern.compile(regex);
        Awaitility.await(css + " matches " + regex)
                .atMost(atMost)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> text(css), text -> expected.matcher(text).find());
    }

    /** Returns the errors and warnings of the page's console since {@link #open} or the last call, policy violations included. */
    List<String> consoleWarnings() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /**
     * Returns network events of DevTools since {@link #open} or the last call, events with other names discarded.
     *
     * @param events the names of the events
     * @return the parameters of each event
     */
    List<JsonNode> network(Set<String> events) {
        return StreamSupport.stream(
                        driver.manage().logs().get(LogType.PERFORMANCE).spliterator(), false)
                .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).path("message"))
                .filter(message -> events.contains(message.path("method").asString("")))
                .map(message -> message.path("params"))
                .toList();
    }

    /** Returns the hosts, with their ports, to which the page has sent requests since {@link #open} or the last call. */
    Set<String> requestedHosts() {
        return network(Set.of("Network.requestWillBeSent", "Network.webSocketCreated")).stream()
                .map(request -> request.has("url") ? request.path("url") : request.at("/request/url"))
                .map(url -> URI.create(url.stringValue()))
                .filter(url -> url.getHost() != null)
                .map(URI::getAuthority)
                .collect(Collectors.toSet());
    }

    /** Returns the names of the files that were downloaded to the browser's default folder. */
    List<String> downloads() {
        return network(Set.of("Page.downloadWillBegin")).stream()
                .map(download -> download.path("suggestedFilename").stringValue())
                .toList();
    }

    /** Changes the size of the page, in CSS pixels. */
    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** @param media the values of media features, such as {@code dark} for {@code prefers-color-scheme} */
    void prefer(Map<String, String> media) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        media.entrySet().stream()
                                .map(one -> Map.of("name", one.getKey(), "value", one.getValue()))
                                .toList()));
    }

    byte[] screenshot() {
        return driver.getScreenshotAs(OutputType.BYTES);
    }

    @Override
    public void close() {
        driver.quit();
    }
}
