package io.heartline.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How much heap a JVM may have, as {@code -Xmx} takes it. */
final class HeapSize implements ITypeConverter<String> {

    @Override
    public String convert(String value) {
        if (!value.matches("[1-9][0-9]{0,5}[kmg]")) {
            throw new TypeConversionException("must be a number of k, m or g, such as 256m, but was '" + value + "'");
        }
        return value;
    }
}
