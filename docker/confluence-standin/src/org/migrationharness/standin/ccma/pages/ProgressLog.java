package org.migrationharness.standin.ccma.pages;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.migrationharness.standin.ccma.plans.Migration;
import org.migrationharness.standin.ccma.plans.Plan;
import org.migrationharness.standin.ccma.platform.PlatformClient;
import org.migrationharness.standin.ccma.platform.PlatformException;
import org.migrationharness.standin.http.Exchange;
import org.migrationharness.standin.http.HttpProblem;

/** "View logs": the platform's progress log of a plan as CSV, newest first; a note says where old rows are cut. */
public final class ProgressLog {
    private static final int ROW_LIMIT = 10_000;

    private final PlatformClient platform;

    public ProgressLog(PlatformClient platform) {
        this.platform = platform;
    }

    void send(Exchange exchange, Plan plan) throws IOException {
        List<JsonObject> rows = new ArrayList<>();
        try {
            for (Migration migration : plan.migrations()) {
                platform.log(migration.migrationId()).forEach(row -> rows.add(row.getAsJsonObject()));
            }
        } catch (PlatformException e) {
            throw new HttpProblem(502, "The log could not be fetched: " + e.getMessage());
        }
        rows.sort(Comparator.comparingLong(ProgressLog::time).reversed());
        StringBuilder csv = new StringBuilder("Time,Level,Type,Message\r\n");
        for (JsonObject row : rows.subList(0, Math.min(rows.size(), ROW_LIMIT))) {
            csv.append(Instant.ofEpochMilli(time(row))).append(',').append(cell(row.get("level"))).append(',')
                    .append(cell(row.get("type"))).append(',').append(cell(row.get("message"))).append("\r\n");
        }
        if (rows.size() > ROW_LIMIT) {
            csv.append(",INFO,OLDER_LOGS_LEFT_OUT,\"Older logs have been omitted for brevity.\"\r\n");
        }
        exchange.response().setHeader(
                "Content-Disposition", "attachment; filename=\"migration-" + plan.id() + ".csv\"");
        exchange.text(200, csv.toString(), "text/csv;charset=UTF-8");
    }

    private static long time(JsonObject row) {
        return row.get("time") == null || !row.get("time").isJsonPrimitive() ? 0 : row.get("time").getAsLong();
    }

    /** The quote keeps a spreadsheet from running a cell that begins like a formula. */
    private static String cell(JsonElement value) {
        String text = value == null || value.isJsonNull() ? "" : value.getAsString();
        String safe = text.matches("(?s)[=+\\-@\\t\\r].*") ? "'" + text : text;
        return "\"" + safe.replace("\"", "\"\"") + "\"";
    }
}
