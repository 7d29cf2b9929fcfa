package com.atlassian.migration.app.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What an app says about one of its checks. */
public class CheckSpec {
    private static final int TITLE_LIMIT = 60;
    private static final int STEPS_LIMIT = 1050;

    private final String checkId;
    private final String title;
    private final String description;
    private final Map<String, String> stepsToResolve;

    public CheckSpec(String checkId, String title, String description, Map<String, String> stepsToResolve) {
        this.checkId = checkId;
        this.title = title;
        this.description = description;
        this.stepsToResolve = stepsToResolve;
    }

    public String getCheckId() {
        return checkId;
    }

    /** What the admin reads: at most 60 characters. */
    public String getTitle() {
        return title;
    }

    public String getDescription() {
        return description;
    }

    /** Templates by name; a result names the one that applies. */
    public Map<String, String> getStepsToResolve() {
        return stepsToResolve;
    }

    /** What is longer than the limits allow; empty when the check is valid. */
    public List<String> isValid() {
        List<String> errors = new ArrayList<>();
        if (title == null || title.length() > TITLE_LIMIT) {
            errors.add("title must have 1 to " + TITLE_LIMIT + " characters");
        }
        stepsToResolve.forEach((name, text) -> {
            if (text.length() > STEPS_LIMIT) {
                errors.add("stepsToResolve " + name + " must have at most " + STEPS_LIMIT + " characters");
            }
        });
        return errors;
    }
}
