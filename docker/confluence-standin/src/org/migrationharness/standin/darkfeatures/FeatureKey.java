package org.migrationharness.standin.darkfeatures;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.migrationharness.standin.http.HttpProblem;

/** Checks the keys of dark features: they may hold the characters that known keys are made of. */
final class FeatureKey {
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,254}");

    private FeatureKey() {
    }

    static boolean isValid(String key) {
        return VALID.matcher(key).matches();
    }

    /**
     * @param keys keys separated by commas, as the REST path takes them
     * @throws HttpProblem 400 when one of them is not a valid key
     */
    static List<String> split(String keys) {
        List<String> all = Arrays.stream(keys.split(",")).map(String::strip).toList();
        all.forEach(FeatureKey::require);
        return all;
    }

    static String require(String key) {
        if (!isValid(key)) {
            throw new HttpProblem(400, "Not a valid dark feature key");
        }
        return key;
    }
}
