package org.migrationharness.standin.host;

/**
 * A call of a plugin into the host.
 *
 * @param plugin the plugin's key
 * @param type the class that was called, dotted
 * @param method the method's name
 * @param caller the plugin's class and method that called, or null
 * @param answered whether we knew the answer; else it was an empty value
 * @param sequence counts all calls
 */
public record HostCall(
        String plugin, String type, String method, String caller, boolean answered, long sequence) {
    /** As a person reads it. */
    public String text() {
        return type + "." + method + "()";
    }
}
