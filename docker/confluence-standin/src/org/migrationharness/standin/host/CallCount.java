package org.migrationharness.standin.host;

/**
 * How often a plugin called a method of the host since it was installed.
 *
 * @param type the class that was called, dotted
 * @param method the method's name
 * @param answered whether we knew the answer; else it was an empty value
 * @param times how often
 * @param lastAt epoch milliseconds of the last call
 */
public record CallCount(String type, String method, boolean answered, int times, long lastAt) {
    CallCount oneMore() {
        return new CallCount(type, method, answered, times + 1, System.currentTimeMillis());
    }
}
