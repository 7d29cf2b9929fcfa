"""Server apps that are generated: a listener with one body each, most of them no fixture's.

A fixture has one fault and one place for it. These put a fault before, inside and after an upload,
on the listener's thread and on one of its own, and in the getters.
"""

from dataclasses import dataclass
from pathlib import Path

KEY = "planted-plugin"
CLOUD_KEY = "charts-for-confluence"
_RETURNS = f'return "{CLOUD_KEY}";'
_FAIL = 'if (details != null) { throw new IllegalStateException("no chart could be read"); }'
_SWALLOW = f"try {{ {_FAIL} }} catch (IllegalStateException e) {{ failures++; }}"
_WAIT = "try { stopped.await(); } catch (InterruptedException e) { failures++; }"


@dataclass(frozen=True)
class Listener:
    """What differs between the generated listeners.

    Args:
        start: the body of onStartAppMigration.
        cloud_key: the body of getCloudAppKey.
        field: the type of a field that is made when the app starts.
    """

    start: str
    cloud_key: str = _RETURNS
    field: str = "Object"


LISTENERS: dict[str, Listener] = {
    "good": Listener('upload(transferId, "one");'),
    "two-uploads": Listener('upload(transferId, "one"); upload(transferId, "two");'),
    "second-upload-later": Listener(
        'upload(transferId, "one"); '
        "try { Thread.sleep(600_000); } catch (InterruptedException e) { failures++; }"
        ' upload(transferId, "two");'
    ),
    "empty-upload": Listener('close(open(transferId, "one"));'),
    "takes-minutes": Listener(
        "try { Thread.sleep(120_000); } catch (InterruptedException e) { failures++; }"
        ' upload(transferId, "one");'
    ),
    "own-thread": Listener('new Thread(() -> upload(transferId, "one")).start();'),
    "swallows-after-upload": Listener(f'upload(transferId, "one"); {_SWALLOW}'),
    "throws-first": Listener(f'{_FAIL} upload(transferId, "one");'),
    "throws-in-upload": Listener(
        f'OutputStream out = open(transferId, "one"); {_FAIL} close(out);'
    ),
    "throws-after-upload": Listener(f'upload(transferId, "one"); {_FAIL}'),
    "throws-wrapped": Listener(
        f"try {{ {_FAIL} }} catch (IllegalStateException e) {{ throw new RuntimeException(e); }}"
    ),
    "overflows": Listener("onStartAppMigration(transferId, details);"),
    "lacks-own-class": Listener(
        'if (details != null) { throw new NoClassDefFoundError("com/example/charts/Reader"); }'
    ),
    "asserts": Listener(
        'upload(transferId, "one"); if (details != null) { throw new AssertionError("count"); }'
    ),
    "swallows-first": Listener(_SWALLOW),
    "swallows-in-upload": Listener(
        f'OutputStream out = open(transferId, "one"); {_SWALLOW} if (out == null) {{ close(out); }}'
    ),
    "waits-first": Listener(f'{_WAIT} upload(transferId, "one");'),
    "waits-in-upload": Listener(f'OutputStream out = open(transferId, "one"); {_WAIT} close(out);'),
    "uploads-nothing": Listener("failures++;"),
    "own-thread-dies": Listener(f"new Thread(() -> {{ {_FAIL} }}).start();"),
    "uploads-elsewhere": Listener('upload("00000000-0000-3000-8000-000000000000", "one");'),
    "leaves-open": Listener('open(transferId, "one");'),
    "leaves-second-open": Listener('upload(transferId, "one"); open(transferId, "two");'),
    "null-key": Listener("failures++;", "return null;"),
    "key-getter-throws": Listener(
        "failures++;", 'throw new IllegalStateException("not licensed");'
    ),
    "newer-at-its-start": Listener(
        'upload(transferId, "one");', field="com.atlassian.migration.app.SiteContainerV1"
    ),
    "other-key": Listener("failures++;", 'return "charts-of-somebody-else";'),
}
"""Name -> listener. Those up to `swallows-after-upload` have no fault that the platform sees."""

_CLASS = """package org.migrationharness.planted;

import com.atlassian.migration.app.AccessScope;
import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import com.atlassian.migration.app.gateway.AppCloudMigrationGateway;
import com.atlassian.migration.app.gateway.MigrationDetailsV1;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleContext;

public final class PlantedListener implements AppCloudMigrationListenerV1 {
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final BundleContext context;
    private int failures;
    private final String kind;

    PlantedListener(BundleContext context) {
        this.context = context;
        kind = %(field)s.class.getName();
    }

    String kind() {
        return kind;
    }

    void stop() {
        stopped.countDown();
    }

    @Override
    public void onStartAppMigration(String transferId, MigrationDetailsV1 details) {
        %(start)s
    }

    @Override
    public String getCloudAppKey() {
        %(cloud_key)s
    }

    @Override
    public String getServerAppKey() {
        return "%(key)s";
    }

    @Override
    public Set<AccessScope> getDataAccessScopes() {
        return Set.of(AccessScope.APP_DATA_OTHER);
    }

    private void upload(String transferId, String label) {
        OutputStream out = open(transferId, label);
        try {
            out.write(label.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        close(out);
    }

    private OutputStream open(String transferId, String label) {
        var reference = context.getServiceReference(AppCloudMigrationGateway.class);
        return context.getService(reference).createAppData(transferId, label);
    }

    private void close(OutputStream out) {
        try {
            out.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
"""
_ACTIVATOR = """package org.migrationharness.planted;

import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

public final class Activator implements BundleActivator {
    private PlantedListener listener;

    @Override
    public void start(BundleContext context) {
        listener = new PlantedListener(context);
        context.registerService(AppCloudMigrationListenerV1.class, listener, null);
    }

    @Override
    public void stop(BundleContext context) {
        listener.stop();
    }
}
"""
_MANIFEST = """Manifest-Version: 1.0
Bundle-ManifestVersion: 2
Bundle-SymbolicName: org.migrationharness.planted
Bundle-Name: Planted
Bundle-Version: 1.0.0
Bundle-Activator: org.migrationharness.planted.Activator
Atlassian-Plugin-Key: planted-plugin
Import-Package: org.osgi.framework,com.atlassian.migration.app,com.atlas
 sian.migration.app.gateway
"""
_PLUGIN = """<atlassian-plugin key="planted-plugin" name="Planted" plugins-version="2">
    <plugin-info>
        <version>1.0.0</version>
        <vendor name="Migration Harness" url="https://example.com"/>
    </plugin-info>
</atlassian-plugin>
"""
_APP = f"""name: Planted
server:
  key: {KEY}
  source: server
cloud:
  key: {CLOUD_KEY}
"""


def write_app(folder: Path, name: str) -> Path:
    """Writes the sources of an app with one of the listeners; returns the app's folder."""
    listener, app = LISTENERS[name], folder / name
    package = app / "server" / "src" / "org" / "migrationharness" / "planted"
    resources = app / "server" / "resources"
    package.mkdir(parents=True, exist_ok=True)
    resources.mkdir(exist_ok=True)
    parts = {
        "start": listener.start,
        "cloud_key": listener.cloud_key,
        "field": listener.field,
        "key": KEY,
    }
    (package / "PlantedListener.java").write_text(_CLASS % parts)
    (package / "Activator.java").write_text(_ACTIVATOR)
    (resources / "atlassian-plugin.xml").write_text(_PLUGIN)
    (app / "server" / "manifest.mf").write_text(_MANIFEST)
    (app / "app.yaml").write_text(_APP)
    # Interfaces that the stand-in lacks are beside those of the host.
    (app / "server" / "uses-host").touch()
    return app
