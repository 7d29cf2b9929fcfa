package org.migrationharness.standin.content;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.migrationharness.standin.http.HttpProblem;

/**
 * The simple half of the Confluence Query Language ("Advanced searching using CQL"): clauses on id, type, space,
 * title, text, parent, ancestor and creator, joined by AND, and ORDER BY. The rest of the language is
 * answered 501, what is no CQL 400.
 */
final class Cql {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|'((?:[^'\\\\]|\\\\.)*)'|(!=|!~|>=|<=|[=~<>(),])|([^\\s=~!<>(),\"']+))");
    private static final String OTHER = "id, type, space, title, text, parent, ancestor and creator";

    private final String query;
    private final ContentStore store;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private Predicate<Content> filter = content -> true;
    private Comparator<Content> order = Comparator.comparingLong(content -> Long.parseLong(content.id()));

    private record Token(String text, boolean isQuoted) {
        boolean is(String word) {
            return !isQuoted && text.equalsIgnoreCase(word);
        }
    }

    private Cql(String query, ContentStore store) {
        this.query = query;
        this.store = store;
    }

    /**
     * @return the current content that the query finds, in its order
     * @throws HttpProblem 400 when it is no CQL, 501 when it is more than this server understands
     */
    static List<Content> find(String query, ContentStore store) {
        Cql cql = new Cql(query, store);
        cql.read();
        return store.all().filter(Content::isCurrent).filter(cql.filter).sorted(cql.order).toList();
    }

    private void read() {
        Matcher matcher = TOKEN.matcher(query.strip());
        int end = 0;
        while (end < query.strip().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw wrong();
            }
            String quoted = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            tokens.add(quoted == null
                    ? new Token(matcher.group(3) == null ? matcher.group(4) : matcher.group(3), false)
                    : new Token(quoted.replaceAll("\\\\(.)", "$1"), true));
            end = matcher.end();
        }
        if (tokens.isEmpty()) {
            throw wrong();
        }
        do {
            filter = filter.and(clause());
        } while (take("and"));
        if (take("order")) {
            if (!take("by")) {
                throw wrong();
            }
            orderBy();
        }
        if (at < tokens.size()) {
            throw tokens.get(at).is("or") ? unknown("OR") : wrong();
        }
    }

    private Predicate<Content> clause() {
        if (peek("(") || peek("not")) {
            throw unknown(tokens.get(at).text());
        }
        String field = next().text().toLowerCase(Locale.ROOT);
        boolean not = take("not");
        List<String> values = new ArrayList<>();
        String operator = next().text().toLowerCase(Locale.ROOT);
        if (operator.equals("in")) {
            if (!take("(")) {
                throw wrong();
            }
            do {
                values.add(value());
            } while (take(","));
            if (!take(")")) {
                throw wrong();
            }
        } else {
            values.add(value());
        }
        Predicate<Content> any = values.stream().map(value -> matching(field, operator, value))
                .reduce(Predicate::or).orElseThrow(this::wrong);
        return not || operator.startsWith("!") ? any.negate() : any;
    }

    private Predicate<Content> matching(String field, String operator, String value) {
        boolean contains = operator.endsWith("~");
        if (!contains && !List.of("=", "!=", "in").contains(operator)) {
            throw unknown(operator);
        }
        return switch (field) {
            case "id", "content" -> content -> content.id().equals(value);
            case "type" -> content -> content.type().equalsIgnoreCase(value);
            case "space", "space.key" -> content -> content.spaceKey().equalsIgnoreCase(value);
            case "title" -> content -> contains
                    ? hasWords(content.title(), value) : content.title().equalsIgnoreCase(value);
            case "text" -> content -> hasWords(content.title() + " " + content.body().replaceAll("<[^>]*>", " "), value);
            case "parent" -> content -> value.equals(content.parentId());
            case "ancestor" -> content -> store.ancestors(content).stream()
                    .anyMatch(each -> each.id().equals(value));
            case "creator" -> content -> content.creator().equals(value);
            default -> throw unknown("the field " + field);
        };
    }

    /** Each word of {@code wanted} is a word of the text; {@code *} stands for the rest of one. */
    private static boolean hasWords(String text, String wanted) {
        return List.of(wanted.strip().split("\\s+")).stream().allMatch(word -> Pattern.compile(
                "(?iuU)(?<!\\w)" + List.of(word.split("\\*", -1)).stream().map(Pattern::quote)
                        .collect(Collectors.joining("\\w*")) + "(?!\\w)").matcher(text).find());
    }

    private void orderBy() {
        Comparator<Content> all = null;
        do {
            String field = next().text().toLowerCase(Locale.ROOT);
            Comparator<Content> one = switch (field) {
                case "title" -> Comparator.comparing(Content::title);
                case "created" -> Comparator.comparingLong(Content::createdAt);
                case "lastmodified" -> Comparator.comparingLong(content -> content.version().when());
                case "id" -> order;
                default -> throw unknown("ORDER BY " + field);
            };
            one = take("desc") ? one.reversed() : one;
            take("asc");
            all = all == null ? one : all.thenComparing(one);
        } while (take(","));
        order = all;
    }

    private String value() {
        Token token = next();
        if (peek("(")) {
            throw unknown("the function " + token.text() + "()");
        }
        return token.text();
    }

    private boolean peek(String word) {
        return at < tokens.size() && tokens.get(at).is(word);
    }

    private boolean take(String word) {
        if (peek(word)) {
            at++;
            return true;
        }
        return false;
    }

    private Token next() {
        if (at >= tokens.size()) {
            throw wrong();
        }
        return tokens.get(at++);
    }

    private HttpProblem wrong() {
        return new HttpProblem(400, "Could not parse cql : " + query);
    }

    private static HttpProblem unknown(String what) {
        return ContentRest.missing("CQL with " + what + " (there are " + OTHER + ", joined by AND)");
    }
}
