package org.migrationharness.standin.ccma.plans;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks.Check;
import org.migrationharness.standin.ccma.plans.PreMigrationChecks.Outcome;
import org.migrationharness.standin.log.Log;
import org.migrationharness.standin.upm.Plugins;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * The checks that apps bring. They are found by the simple name of their interface, whoever's class it is, since
 * its package is not published; of each app three are run.
 */
public final class VendorChecks {
    private static final Log LOG = Log.named("com.atlassian.migration.app.VendorChecks");
    private static final String REPOSITORY = "PreMigrationCheckRepository";
    private static final int PER_APP = 3;
    private static final int TITLE_LIMIT = 60;

    private final BundleContext context;
    private final Plugins plugins;
    private final String site;

    public VendorChecks(BundleContext context, Plugins plugins, String site) {
        this.context = context;
        this.plugins = plugins;
        this.site = site;
    }

    List<Check> run() {
        List<Check> found = new ArrayList<>();
        try {
            ServiceReference<?>[] all = context.getAllServiceReferences(null, "(objectClass=*." + REPOSITORY + ")");
            for (ServiceReference<?> reference : all == null ? new ServiceReference<?>[0] : all) {
                String app = plugins.owner(reference.getBundle())
                        .map(plugin -> plugin.descriptor().name())
                        .orElse(reference.getBundle().getSymbolicName());
                found.addAll(checksOf(app, context.getService(reference)));
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private List<Check> checksOf(String app, Object repository) {
        List<Check> found = new ArrayList<>();
        try {
            Collection<?> specs = (Collection<?>) call(repository, "getAvailableChecks");
            for (Object spec : specs.stream().limit(PER_APP).toList()) {
                found.add(check(app, repository, spec));
            }
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
            LOG.error("run", "The checks of " + app + " could not be run", cause(e));
            found.add(new Check("The checks of " + app + " could not be run", Outcome.WARNING,
                    String.valueOf(cause(e))));
        }
        return found;
    }

    private Check check(String app, Object repository, Object spec) throws ReflectiveOperationException {
        String title = String.valueOf(call(spec, "getTitle"));
        title = app + ": " + (title.length() > TITLE_LIMIT ? title.substring(0, TITLE_LIMIT) : title);
        Method execute = method(repository, "executeCheck");
        Class<?> planType = execute.getParameterTypes()[1];
        Object plan = planType.isInterface()
                ? Proxy.newProxyInstance(planType.getClassLoader(), new Class<?>[] {planType}, this::ofPlan)
                : null;
        Object result;
        try {
            result = execute.invoke(repository, call(spec, "getCheckId"), plan);
        } catch (InvocationTargetException e) {
            LOG.error("run", "The check " + title + " threw", e.getCause());
            return new Check(title, Outcome.WARNING, "The check could not be run: " + e.getCause());
        }
        if (Boolean.TRUE.equals(call(result, "isSuccess"))) {
            return new Check(title, Outcome.PASSED, "");
        }
        LOG.warn("run", "App vendor check failed: " + title);
        Object steps = call(spec, "getStepsToResolve");
        Object key = call(result, "getStepsToResolveKey");
        String detail = steps instanceof Map<?, ?> map && map.get(key) != null
                ? map.get(key).toString()
                : "The app's own check failed.";
        return new Check(title, Outcome.ERROR, detail);
    }

    private Object ofPlan(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "getCloudUrl" -> site;
            case "getPlanName" -> "";
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            case "toString" -> "MigrationPlanContext";
            default -> method.getReturnType() == List.class ? List.of() : null;
        };
    }

    private static Object call(Object target, String name) throws ReflectiveOperationException {
        return method(target, name).invoke(target);
    }

    private static Method method(Object target, String name) throws NoSuchMethodException {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            for (Method method : type.getDeclaredMethods()) {
                if (method.getName().equals(name) && !method.isBridge()) {
                    method.setAccessible(true);
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(target.getClass().getName() + "." + name);
    }

    private static Throwable cause(Throwable error) {
        return error instanceof InvocationTargetException wrapped ? wrapped.getCause() : error;
    }
}
