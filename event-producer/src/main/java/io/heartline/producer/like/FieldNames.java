package io.heartline.producer.like;

/** The names of a like's fields in errors. They depend on the form of the request, because a CloudEvent has some of them elsewhere. */
enum FieldNames {
    /** The body, the line or the item is the like. */
    LIKE("") {
        @Override
        FieldError error(LikeField field, String detail) {
            return inBody(field, detail);
        }
    },
    /** The body or the item is a CloudEvent, and its {@code data} is the like. */
    STRUCTURED_EVENT("/data") {
        @Override
        FieldError error(LikeField field, String detail) {
            return switch (field) {
                case TYPE -> attribute("type", detail);
                case AT -> attribute("time", detail);
                default -> inBody(field, detail);
            };
        }
    },
    /** The headers are those of a CloudEvent, and the body is the like. */
    BINARY_EVENT("") {
        @Override
        FieldError error(LikeField field, String detail) {
            return switch (field) {
                case TYPE -> attribute("type", detail);
                case AT -> attribute("time", detail);
                default -> inBody(field, detail);
            };
        }

        @Override
        FieldError attribute(String name, String detail) {
            return FieldError.ofHeader("ce-" + name, detail);
        }
    },
    /** The URL has the like: its ids are parts of the path, or parameters of the query. */
    URL("") {
        @Override
        FieldError error(LikeField field, String detail) {
            return FieldError.ofParameter(field == LikeField.AUTHOR_ID ? AUTHOR_PARAMETER : field.jsonName, detail);
        }

        @Override
        FieldError inBody(LikeField field, String detail) {
            return error(field, detail);
        }

        @Override
        FieldError bodyError(String detail) {
            return FieldError.ofParameter("", detail);
        }

        @Override
        FieldError unknown(String name) {
            return FieldError.ofParameter(name, "is unknown");
        }
    };

    /** The parameter of a URL that has the author's id. */
    static final String AUTHOR_PARAMETER = "author";

    /** The parameter of a URL that has the like's time. */
    static final String AT_PARAMETER = "at";

    private final String prefix;

    /** @param prefix JSON pointer to the object that has the ids */
    FieldNames(String prefix) {
        this.prefix = prefix;
    }

    /** Returns the error of a field where its value counts: a CloudEvent's {@code type} and {@code time} are its attributes. */
    abstract FieldError error(LikeField field, String detail);

    /** Returns the error of a CloudEvent's attribute. */
    FieldError attribute(String name, String detail) {
        return FieldError.ofField(name, detail);
    }

    /** Returns the error of a field in the JSON object that has the ids. */
    FieldError inBody(LikeField field, String detail) {
        return new FieldError(prefix + '/' + field.jsonName, null, null, detail);
    }

    /** Returns the error of the whole JSON object that has the ids. */
    FieldError bodyError(String detail) {
        return new FieldError(prefix, null, null, detail);
    }

    /** Returns the error of a field that a like does not have. */
    FieldError unknown(String name) {
        String escaped = name.replace("~", "~0").replace("/", "~1"); // RFC 6901
        return new FieldError(prefix + '/' + escaped, null, null, "is unknown");
    }
}
