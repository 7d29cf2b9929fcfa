import com.atlassian.migration.app.AppCloudMigrationListenerV1;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;

/**
 * A server in small: its commands on standard input load an app's listener in a class loader of
 * its own, call it, and run a poller. Each command is answered by one line.
 */
public final class Server {
    private final URL app;
    private final List<AppCloudMigrationListenerV1> listeners = new ArrayList<>();
    private final Poller poller = new Poller();

    private Server(URL app) {
        this.app = app;
    }

    public static void main(String[] args) throws Exception {
        Server server = new Server(new URL(args[0]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        System.out.println("ready");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            System.out.println(server.obey(words[0], words));
        }
    }

    private String obey(String command, String[] words) throws Exception {
        switch (command) {
            case "load":
                listeners.add(load(words.length > 1 ? words[1] : "ChartsListener"));
                return "loaded";
            case "call":
                return call(Integer.parseInt(words[1]), words[2]);
            case "poll":
                for (int i = Integer.parseInt(words[1]); i > 0; i--) {
                    poller.poll();
                }
                return "polled";
            case "upload":
                new Upload();
                return "begun";
            case "exit":
                Runtime.getRuntime().halt(3);
                return "never";
            default:
                return "unknown command " + command;
        }
    }

    private AppCloudMigrationListenerV1 load(String name) throws Exception {
        URLClassLoader loader = new URLClassLoader(new URL[] {app}, Server.class.getClassLoader());
        return (AppCloudMigrationListenerV1)
                loader.loadClass("org.example." + name).getDeclaredConstructor().newInstance();
    }

    private String call(int index, String transferId) throws InterruptedException {
        String[] outcome = {"returned"};
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                listeners.get(index).onStartAppMigration(transferId, null);
                            } catch (RuntimeException e) {
                                outcome[0] = e.toString();
                            }
                        },
                        "app-migration-" + index);
        thread.start();
        thread.join();
        return outcome[0];
    }

    /** Loaded by its first use. */
    private static final class Upload {
        private final long begun;

        Upload() {
            begun = System.nanoTime();
        }
    }

    private static final class Poller {
        private int polls;

        void poll() {
            polls++;
        }
    }
}
