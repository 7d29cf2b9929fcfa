package org.migrationharness.standin.ccma.listeners;

import java.util.function.Supplier;

/** The server key of a listener. */
final class ServerKey {
    private ServerKey() {
    }

    /** What the listener gives; the bundle's name where it leaves the method out. */
    static String of(Supplier<String> getter, ListenerOwner owner) {
        try {
            String key = getter.get();
            return key == null ? owner.bundleName() : key;
        } catch (AbstractMethodError e) {
            return owner.bundleName();
        }
    }
}
