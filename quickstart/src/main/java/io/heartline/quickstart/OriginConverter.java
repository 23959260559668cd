package io.heartline.quickstart;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Checks that an option is an origin as browsers send it. A service would otherwise compare it with no success, and say nothing. */
final class OriginConverter implements ITypeConverter<String> {

    /** The environment variable of the services, from which the option has its default. */
    static final String VARIABLE = "HEARTLINE_SECURITY_ALLOWED_ORIGINS";

    private static final Pattern ORIGIN =
            Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

    @Override
    public String convert(String value) {
        String origin = value.strip();
        if (!ORIGIN.matcher(origin).matches()) {
            throw new TypeConversionException("'" + origin
                    + "' must be a scheme, a host and a port, such as http://localhost:5173, here and in "
                    + VARIABLE);
        }
        return origin;
    }
}
