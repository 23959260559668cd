package io.heartline.quickstart;

import org.springframework.scheduling.support.CronExpression;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Checks that an option is a cron expression or a dash. Otherwise the report batch would refuse it after Kafka has started. */
final class ScheduleConverter implements ITypeConverter<String> {

    private static final String NEVER = "-";

    @Override
    public String convert(String value) {
        if (!value.equals(NEVER) && !CronExpression.isValidExpression(value)) {
            throw new TypeConversionException(
                    "'" + value + "' must be a cron expression of six fields, such as '0 */5 * * * *', or -");
        }
        return value;
    }
}
