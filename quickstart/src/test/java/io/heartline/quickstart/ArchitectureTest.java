package io.heartline.quickstart;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the folder tree, checked in the compiled classes of all modules that this one depends on. */
class ArchitectureTest {

    private static final List<String> SERVICES =
            List.of("io.heartline.producer", "io.heartline.gateway", "io.heartline.reports");

    private static final JavaClasses HEARTLINE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/test-classes/") && !location.contains("-tests.jar"))
            .importPackages("io.heartline");

    @ParameterizedTest
    @ValueSource(strings = {"io.heartline.producer", "io.heartline.gateway", "io.heartline.reports"})
    void serviceDependsOnNoOtherService(String service) {
        String[] others = Stream.concat(SERVICES.stream(), Stream.of("io.heartline.quickstart", "io.heartline.bench"))
                .filter(other -> !other.equals(service))
                .map(other -> other + "..")
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(service + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others)
                .check(HEARTLINE);
    }

    @Test
    void contractAndWebModule_dependOnNoService() {
        noClasses()
                .that()
                .resideInAnyPackage("io.heartline.events..", "io.heartline.web..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.heartline..")
                        .and(resideInAnyPackage("io.heartline.events..", "io.heartline.web..")
                                .negate()))
                .check(HEARTLINE);
        noClasses()
                .that()
                .resideInAPackage("io.heartline.events..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.heartline.web..")
                .check(HEARTLINE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.heartline.producer",
                "io.heartline.gateway",
                "io.heartline.reports",
                "io.heartline.web",
                "io.heartline.quickstart"
            })
    void packagesOfAModule_haveNoCycles(String module) {
        slices().matching(module + ".(**)").should().beFreeOfCycles().check(HEARTLINE);
    }

    /** The root package has the application, its wiring and its settings. It depends on the others. */
    @ParameterizedTest
    @ValueSource(strings = {"io.heartline.producer", "io.heartline.gateway", "io.heartline.reports"})
    void noPackageDependsOnTheRootOfItsService(String service) {
        noClasses()
                .that()
                .resideInAPackage(service + ".(**)..")
                .and()
                .resideOutsideOfPackage(service)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(service)
                .check(HEARTLINE);
    }

    @Test
    void coreOfTheGateway_knowsNeitherKafkaClientNorHttpNorChannels() {
        noClasses()
                .that()
                .resideInAPackage("io.heartline.gateway.stream..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.kafka..",
                        "org.springframework.http..",
                        "org.springframework.kafka..",
                        "org.springframework.security..",
                        "org.springframework.web..",
                        "reactor.netty..",
                        "io.netty.channel..",
                        "io.netty.handler..")
                .check(HEARTLINE);
    }

    @Test
    void onlyTheTransportOfTheGateway_knowsChannels() {
        noClasses()
                .that()
                .resideInAPackage("io.heartline.gateway..")
                .and()
                .resideOutsideOfPackages("io.heartline.gateway", "io.heartline.gateway.transport..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.netty.channel..", "io.netty.handler..")
                .check(HEARTLINE);
    }

    @Test
    void endpointsOfReports_areIndependentOfEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.heartline.reports.read.rest..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.heartline.reports.read.graphql..")
                .check(HEARTLINE);
        noClasses()
                .that()
                .resideInAPackage("io.heartline.reports.read.graphql..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.heartline.reports.read.rest..")
                .check(HEARTLINE);
    }

    @Test
    void eachPackage_hasADescription_andAtMostTwentyClasses() {
        for (JavaPackage each : HEARTLINE.getPackage("io.heartline").getSubpackagesInTree()) {
            List<String> types = each.getClasses().stream()
                    .filter(type -> !type.isNestedClass() && !type.isArray())
                    .map(JavaClass::getSimpleName)
                    .filter(name -> !name.equals("package-info"))
                    .toList();
            if (!types.isEmpty()) {
                assertThat(types).as(each.getName()).hasSizeLessThanOrEqualTo(20);
                assertThat(each.tryGetPackageInfo()).as(each.getName()).isPresent();
            }
        }
    }

    /** A rule about no classes passes, so a package that is renamed must fail here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.heartline.events",
                "io.heartline.producer",
                "io.heartline.gateway",
                "io.heartline.gateway.stream",
                "io.heartline.gateway.transport",
                "io.heartline.reports",
                "io.heartline.reports.read.rest",
                "io.heartline.reports.read.graphql",
                "io.heartline.web.security",
                "io.heartline.quickstart"
            })
    void packagesOfTheRules_haveClasses(String name) {
        assertThat(HEARTLINE.getPackage(name).getClasses()).isNotEmpty();
    }
}
