package org.migrationharness.standin.log;

/** The levels of the application log, in rising order. */
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
