package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import org.bson.Document;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelloResponseTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "standalone, MongoDB 8  | {isWritablePrimary: true, logicalSessionTimeoutMinutes: 30}             |     | true  | false",
                "standalone, 4.2        | {ismaster: true, logicalSessionTimeoutMinutes: 30}                      |     | true  | false",
                "the quickstart's       | {ismaster: true, maxWireVersion: 8}                                     |     | true  | false",
                "primary                | {isWritablePrimary: true, setName: 'rs0', logicalSessionTimeoutMinutes: 30} | rs0 | true | true",
                "primary, 4.2           | {ismaster: true, setName: 'rs0', logicalSessionTimeoutMinutes: 30}      | rs0 | true  | true",
                "primary, no sessions   | {ismaster: true, setName: 'rs0'}                                        | rs0 | true  | false",
                "secondary              | {isWritablePrimary: false, secondary: true, setName: 'rs0', logicalSessionTimeoutMinutes: 30} | rs0 | false | true",
                "secondary, 4.2         | {ismaster: false, secondary: true, setName: 'rs0', logicalSessionTimeoutMinutes: 30} | rs0 | false | true",
                "router                 | {isWritablePrimary: true, msg: 'isdbgrid', logicalSessionTimeoutMinutes: 30} |  | true | true",
            })
    void response_hasSetNameRoleAndSessions(
            String server, String answer, String setName, boolean isWritablePrimary, boolean hasSessions) {
        HelloResponse hello = HelloResponse.of(Document.parse(answer));

        assertThat(hello).isEqualTo(new HelloResponse(setName, isWritablePrimary, hasSessions));
    }
}
