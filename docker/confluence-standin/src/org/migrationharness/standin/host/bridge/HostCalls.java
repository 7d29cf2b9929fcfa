package org.migrationharness.standin.host.bridge;

import java.util.function.Function;

/** Made-up types call this; a copy of it lies beside them in each bundle, and the stand-in sets its answers. */
public final class HostCalls {
    /** From {self, owner, name, descriptor, arguments} to the value; set by reflection. */
    public static volatile Function<Object[], Object> answers = call -> null;

    private HostCalls() {
    }

    public static Object call(Object self, String owner, String name, String descriptor, Object[] arguments) {
        return answers.apply(new Object[] {self, owner, name, descriptor, arguments});
    }
}
