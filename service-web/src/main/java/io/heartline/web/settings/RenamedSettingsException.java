package io.heartline.web.settings;

import java.util.Map;
import java.util.stream.Collectors;

/** Settings have names of an earlier release. */
final class RenamedSettingsException extends RuntimeException {

    /** @param renamed old name to new name, without values, which may be secret */
    RenamedSettingsException(Map<String, String> renamed) {
        super(renamed.entrySet().stream()
                .map(setting -> setting.getKey() + " is now " + setting.getValue())
                .collect(Collectors.joining(". ", "Settings have been renamed: ", ".")));
    }
}
