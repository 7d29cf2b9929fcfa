package org.migrationharness.standin.ccma.platform;

import com.google.gson.JsonElement;

/** How the calls of {@link PlatformClient} are put on the wire, and their answers read from it. */
interface Dialect {
    /** A call as it is sent; {@code body} is null where there is none. */
    record WireCall(String method, String path, JsonElement body) {
    }

    /** What is sent for a call of the client. */
    WireCall call(String method, String path, JsonElement body);

    /** The answer that the client reads, from what was answered to that call. */
    JsonElement answer(String path, JsonElement wire);

    /** The project's own: docs/server-protocol.md. */
    Dialect OWN = new Dialect() {
        @Override
        public WireCall call(String method, String path, JsonElement body) {
            return new WireCall(method, "/server/v1" + path, body);
        }

        @Override
        public JsonElement answer(String path, JsonElement wire) {
            return wire;
        }
    };
}
