package org.migrationharness.standin.security;

import com.google.gson.reflect.TypeToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.migrationharness.standin.store.JsonFile;

/** The internal user directory. */
public final class Users {
    private final JsonFile<Map<String, Account>> file;
    private final ConcurrentMap<String, Account> accounts;
    /** Fingerprints of verified passwords: deriving the hash for each REST call would cost more than the call. */
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();

    public Users(Path state) {
        file = new JsonFile<>(state.resolve("users.json"), new TypeToken<>() { });
        accounts = new ConcurrentHashMap<>(file.load(Map.of()));
    }

    public boolean isEmpty() {
        return accounts.isEmpty();
    }

    public Optional<Account> find(String name) {
        return Optional.ofNullable(name == null ? null : accounts.get(name));
    }

    public Optional<Account> findByKey(String key) {
        return accounts.values().stream().filter(account -> account.key().equals(key)).findFirst();
    }

    public List<String> emails() {
        return accounts.values().stream().map(Account::email).toList();
    }

    public synchronized void create(String name, String fullName, String email, String password) {
        String key = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
        accounts.put(name, new Account(name, key, fullName, email, PasswordHash.of(password)));
        file.save(accounts);
    }

    public boolean verifyPassword(String name, String password) {
        Account account = accounts.get(name);
        if (account == null || password == null) {
            return false;
        }
        String fingerprint = PasswordHash.fingerprint(password, account.passwordHash());
        if (fingerprint.equals(verified.get(name))) {
            return true;
        }
        boolean matches = PasswordHash.matches(password, account.passwordHash());
        if (matches) {
            verified.put(name, fingerprint);
        }
        return matches;
    }
}
