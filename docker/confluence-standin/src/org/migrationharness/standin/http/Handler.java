package org.migrationharness.standin.http;

/** Answers the requests of one route. */
@FunctionalInterface
public interface Handler {
    void handle(Exchange exchange) throws Exception;
}
