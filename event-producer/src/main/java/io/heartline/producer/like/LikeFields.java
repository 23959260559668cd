package io.heartline.producer.like;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one like as a client has sent them, and the errors found so far. One thread uses it. */
final class LikeFields {

    private static final int MAX_UNKNOWN = 10; // named in a refusal, so that its size has a limit
    private static final int MAX_NAME_LENGTH = 128;

    private final FieldNames names;
    private final String[] values = new String[LikeField.values().length];
    private final List<FieldError> errors = new ArrayList<>(0);
    private final Set<LikeField> attributes = EnumSet.noneOf(LikeField.class); // a CloudEvent has them beside the like
    private boolean isUnreadable;
    private int unknown;

    /** @param names names the fields in errors */
    LikeFields(FieldNames names) {
        this.names = names;
    }

    /** Returns the text of a field; null if it is missing or {@code null}, empty if it is not a string. */
    @Nullable
    String get(LikeField field) {
        return values[field.ordinal()];
    }

    void set(LikeField field, @Nullable String value) {
        values[field.ordinal()] = value;
    }

    /** Replaces the value of a field by that of a CloudEvent's attribute. An error of the field then names the attribute. */
    void setAttribute(LikeField field, @Nullable String value) {
        set(field, value);
        attributes.add(field);
    }

    /** Adds an error unless the field has one already, for example because it is not a string. */
    void addError(LikeField field, String detail) {
        addError(attributes.contains(field) ? names.error(field, detail) : names.inBody(field, detail));
    }

    /** Adds an error of a field in the JSON object of the like, unless it has one already. */
    void addErrorInBody(LikeField field, String detail) {
        addError(names.inBody(field, detail));
    }

    /** Adds the error of a like that is no JSON object. Its ids are unknown then, so they have no errors of their own. */
    void addUnreadable(FieldError error) {
        isUnreadable = true;
        addError(error);
    }

    boolean isUnreadable() {
        return isUnreadable;
    }

    /** Adds an error unless there is one of the same place. */
    void addError(FieldError error) {
        if (errors.stream().noneMatch(error::isOfSamePlace)) {
            errors.add(error);
        }
    }

    /** Adds the error of a field that a like does not have. Only the first ten are named. */
    void addUnknown(String name) {
        unknown++;
        if (unknown > MAX_UNKNOWN) {
            return;
        }
        if (name.length() > MAX_NAME_LENGTH) {
            addError(names.bodyError("has an unknown field, whose name is over " + MAX_NAME_LENGTH + " characters"));
        } else {
            addError(names.unknown(name));
        }
    }

    /** @throws RefusedException with all errors, if there are any */
    void requireNoErrors() {
        if (!errors.isEmpty()) {
            throw RefusedException.invalid(List.copyOf(errors));
        }
    }
}
