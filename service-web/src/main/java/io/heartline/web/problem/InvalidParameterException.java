package io.heartline.web.problem;

import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;

/** A response with the status 400 that names the parameter at fault, and the rule that it breaks. */
public final class InvalidParameterException extends ApiException {

    private static final long serialVersionUID = 1L;
    private static final String TITLE = "Invalid parameter";

    private final String parameter;
    private final String rule;

    /**
     * A response that names a parameter of the path or the query.
     *
     * @param parameter the name of the parameter
     * @param rule the end of a sentence that begins with the name, such as "must be a whole number", without a full stop
     */
    public InvalidParameterException(String parameter, String rule) {
        super(HttpStatus.BAD_REQUEST, parameter + " " + rule + ".", null);
        this.parameter = parameter;
        this.rule = rule;
        getBody().setTitle(TITLE);
        with("errors", List.of(Map.of("parameter", parameter, "detail", rule)));
    }

    /**
     * Returns the name of the parameter.
     *
     * @return the name
     */
    public String parameter() {
        return parameter;
    }

    /**
     * Returns the rule that the parameter breaks.
     *
     * @return the end of a sentence, without a full stop
     */
    public String rule() {
        return rule;
    }
}
