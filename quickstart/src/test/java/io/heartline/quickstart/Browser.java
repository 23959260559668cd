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

/** Chromium without a window, and what a person at it would see. */
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
                "--disable-sync");
        driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(require(CHROMEDRIVER))
                        .withSilent(true)
                        .build(),
                options);
    }

    /** Where pages have to be looked at, that there is no browser is a failure. */
    static boolean isAvailable() {
        return InstalledCommands.isRequired()
                || (InstalledCommands.find(CHROMIUM).isPresent()
                        && InstalledCommands.find(CHROMEDRIVER).isPresent());
    }

    private static File require(String... names) {
        return InstalledCommands.find(names)
                .orElseThrow(() -> new IllegalStateException(String.join(" or ", names) + " is not installed"));
    }

    /** A page as somebody sees it for the first time. What was said about the one before is forgotten. */
    void open(String url) {
        driver.get("about:blank");
        consoleWarnings();
        requestedHosts();
        driver.get(url);
    }

    WebElement element(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    /** What is there to read, seen or only told. */
    String text(String css) {
        return (String) run("return document.querySelector(arguments[0]).textContent", css);
    }

    Object run(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** @param script whose last argument is to be called with the result */
    Object runAsync(String script, Object... arguments) {
        return driver.executeAsyncScript(script, arguments);
    }

    /** Whatever has the focus gets it. */
    void press(Keys key) {
        new Actions(driver).sendKeys(key).perform();
    }

    void awaitText(String css, String regex) {
        awaitText(css, regex, TIMEOUT);
    }

    void awaitText(String css, String regex, Duration atMost) {
        Pattern expected = Pattern.compile(regex);
        Awaitility.await(css + " says " + regex)
                .atMost(atMost)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> text(css), text -> expected.matcher(text).find());
    }

    /** What the page's console has of errors and warnings since it was opened or last asked, a breach of its policy included. */
    List<String> consoleWarnings() {
        return StreamSupport.stream(driver.manage().logs().get(LogType.BROWSER).spliterator(), false)
                .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage)
                .toList();
    }

    /** What DevTools tells of the network: the parameters of each event of that name since the page was opened or last asked. */
    List<JsonNode> network(Set<String> events) {
        return StreamSupport.stream(
                        driver.manage().logs().get(LogType.PERFORMANCE).spliterator(), false)
                .map(entry -> JsonMapper.shared().readTree(entry.getMessage()).path("message"))
                .filter(message -> events.contains(message.path("method").asString("")))
                .map(message -> message.path("params"))
                .toList();
    }

    /** Hosts with their ports. */
    Set<String> requestedHosts() {
        return network(Set.of("Network.requestWillBeSent", "Network.webSocketCreated")).stream()
                .map(request -> request.has("url") ? request.path("url") : request.at("/request/url"))
                .map(url -> URI.create(url.stringValue()))
                .filter(url -> url.getHost() != null)
                .map(URI::getAuthority)
                .collect(Collectors.toSet());
    }

    /** The names of files that were downloaded, to a folder of the browser's own. */
    List<String> downloads() {
        return network(Set.of("Page.downloadWillBegin")).stream()
                .map(download -> download.path("suggestedFilename").stringValue())
                .toList();
    }

    /** @param height in pixels of CSS, as the width is */
    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    /** @param media features and what the person prefers of each, such as {@code prefers-color-scheme} and {@code dark} */
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
