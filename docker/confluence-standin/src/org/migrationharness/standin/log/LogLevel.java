package org.migrationharness.standin.log;

/** The levels of the application log, from the least to the most severe. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
