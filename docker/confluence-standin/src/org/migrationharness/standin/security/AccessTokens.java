package org.migrationharness.standin.security;

import com.google.gson.reflect.TypeToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.migrationharness.standin.store.JsonFile;

/** Personal access tokens. The home stores a digest of each; the token itself is shown once. */
public final class AccessTokens {
    private static final SecureRandom RANDOM = new SecureRandom();

    private final JsonFile<List<AccessToken>> file;
    private volatile List<AccessToken> tokens;

    public AccessTokens(Path state) {
        file = new JsonFile<>(state.resolve("access-tokens.json"), new TypeToken<>() { });
        tokens = List.copyOf(file.load(List.of()));
    }

    /**
     * A token as stored.
     *
     * @param expiringAt epoch milliseconds of server time
     */
    record AccessToken(long id, String name, String user, String digest, long createdAt, long expiringAt) {
    }

    /** A new token, with the secret that its user sends. */
    record IssuedToken(AccessToken token, String raw) {
    }

    synchronized IssuedToken issue(String user, String name, long lifetimeMillis) {
        byte[] secret = new byte[33];
        RANDOM.nextBytes(secret);
        String raw = Base64.getUrlEncoder().encodeToString(secret);
        long id = tokens.stream().mapToLong(AccessToken::id).max().orElse(0) + 1;
        long now = System.currentTimeMillis();
        AccessToken token = new AccessToken(id, name, user, digest(raw), now, now + lifetimeMillis);
        List<AccessToken> next = new ArrayList<>(tokens);
        next.add(token);
        replace(next);
        return new IssuedToken(token, raw);
    }

    List<AccessToken> of(String user) {
        return tokens.stream().filter(token -> token.user().equals(user)).toList();
    }

    synchronized boolean revoke(String user, String id) {
        Predicate<AccessToken> revoked =
                token -> token.user().equals(user) && Long.toString(token.id()).equals(id);
        boolean found = tokens.stream().anyMatch(revoked);
        if (found) {
            replace(tokens.stream().filter(revoked.negate()).toList());
        }
        return found;
    }

    /** The user of a token, if it exists and has not expired. */
    Optional<String> user(String raw) {
        String digest = digest(raw);
        long now = System.currentTimeMillis();
        return tokens.stream()
                .filter(token -> token.digest().equals(digest) && token.expiringAt() > now)
                .map(AccessToken::user)
                .findFirst();
    }

    private void replace(List<AccessToken> next) {
        file.save(next);
        tokens = List.copyOf(next);
    }

    private static String digest(String raw) {
        try {
            byte[] bytes = raw.getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
