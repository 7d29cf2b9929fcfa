package org.migrationharness.standin.ccma.migration;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.plans.PlanScope;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.content.Content;
import org.migrationharness.standin.content.Site;
import org.migrationharness.standin.content.Space;
import org.migrationharness.standin.security.Account;

/**
 * Sends what this server holds to the cloud, which gives each its own id. A large space goes in several calls.
 * A server that holds nothing says nothing.
 */
public final class ContentExport {
    private static final int AT_ONCE = 1 << 20;

    private final Site site;
    private final PlatformClient platform;

    public ContentExport(Site site, PlatformClient platform) {
        this.site = site;
        this.platform = platform;
    }

    void send(Plan plan, PlanScope.Kind kind) throws PlatformException {
        if (site.isEmpty()) {
            return;
        }
        if (kind == PlanScope.Kind.SPACES) {
            sendSpaces(plan);
        } else if (kind == PlanScope.Kind.USERS) {
            sendPeople(plan);
        }
    }

    private void sendSpaces(Plan plan) throws PlatformException {
        JsonArray spaces = new JsonArray();
        List<Space> ofPlan = site.store().spaces().stream()
                .filter(space -> plan.scope().takes(space.key())).toList();
        for (Space space : ofPlan) {
            JsonObject one = new JsonObject();
            one.addProperty("id", space.id());
            one.addProperty("key", space.key());
            one.addProperty("name", space.name());
            one.addProperty("homepageId", space.homepageId());
            spaces.add(one);
        }
        send(plan, "spaces", spaces);
        for (Space space : ofPlan) {
            JsonArray pages = new JsonArray();
            long length = 0;
            for (Content content : site.store().current(space.key())) {
                pages.add(page(space, content));
                length += content.body().length();
                if (length > AT_ONCE) {
                    send(plan, "pages", pages);
                    pages = new JsonArray();
                    length = 0;
                }
            }
            send(plan, "pages", pages);
        }
    }

    private static JsonObject page(Space space, Content content) {
        JsonObject one = new JsonObject();
        one.addProperty("id", content.id());
        one.addProperty("spaceId", space.id());
        one.addProperty("type", content.type());
        one.addProperty("title", content.title());
        one.addProperty("body", content.body());
        one.addProperty("parentId", content.parentId());
        return one;
    }

    private void sendPeople(Plan plan) throws PlatformException {
        JsonArray users = new JsonArray();
        for (Account account : site.users().all()) {
            JsonObject one = new JsonObject();
            one.addProperty("userkey", account.key());
            one.addProperty("email", account.email());
            users.add(one);
        }
        JsonArray groups = new JsonArray();
        site.users().groups().all().forEach(groups::add);
        send(plan, "users", users);
        send(plan, "groups", groups);
    }

    private void send(Plan plan, String name, JsonArray some) throws PlatformException {
        if (!some.isEmpty()) {
            JsonObject body = new JsonObject();
            body.add(name, some);
            platform.moveContent(plan.id(), body);
        }
    }
}
