package org.migrationharness.standin.security;

import com.google.gson.reflect.TypeToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.migrationharness.standin.store.JsonFile;

/** The internal user directory. */
public final class Users {
    private final JsonFile<Map<String, Account>> file;
    private final ConcurrentMap<String, Account> accounts;
    private final Groups groups;
    /** Fingerprints of verified passwords: deriving the hash for each REST call would cost more than the call. */
    private final ConcurrentMap<String, String> verified = new ConcurrentHashMap<>();
    private volatile KeptPeople kept;

    public Users(Path state) {
        file = new JsonFile<>(state.resolve("users.json"), new TypeToken<>() { });
        accounts = new ConcurrentHashMap<>(file.load(Map.of()));
        groups = new Groups(state);
        kept = now();
    }

    public Groups groups() {
        return groups;
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

    /** All users by name. */
    public List<Account> all() {
        return accounts.values().stream().sorted(Comparator.comparing(Account::name)).toList();
    }

    public List<String> emails() {
        return accounts.values().stream().map(Account::email).filter(email -> !email.isEmpty()).toList();
    }

    /** Whether a user may administer: who set the server up, and the members of confluence-administrators. */
    public boolean isAdministrator(String name) {
        return find(name)
                .map(account -> !account.added() || groups.isMember(Groups.ADMINISTRATORS, name))
                .orElse(false);
    }

    /** The user who sets the server up. */
    public synchronized void create(String name, String fullName, String email, String password) {
        keep(new Account(name, key(name), fullName, email, PasswordHash.of(password), false));
        groups.join(Groups.ADMINISTRATORS, name);
        groups.join(Groups.USERS, name);
        keepAsTheyAre();
    }

    /**
     * Adds a user, who may log in and use the server.
     *
     * @param key the user key, or null for a new one
     * @param password null for a user who cannot log in
     */
    public synchronized Account add(String name, String key, String fullName, String email, String password) {
        Account account = new Account(name, key == null ? key(name) : key, fullName, email,
                password == null ? null : PasswordHash.of(password), true);
        keep(account);
        groups.join(Groups.USERS, name);
        return account;
    }

    public synchronized void remove(String name) {
        if (accounts.remove(name) != null) {
            file.save(accounts);
            verified.remove(name);
            groups.forget(name);
        }
    }

    public synchronized void setPassword(String name, String password) {
        Account old = accounts.get(name);
        keep(new Account(old.name(), old.key(), old.fullName(), old.email(), PasswordHash.of(password), old.added()));
    }

    public boolean verifyPassword(String name, String password) {
        Account account = accounts.get(name);
        if (account == null || password == null || account.passwordHash() == null) {
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

    /** What a reset puts back. */
    private record KeptPeople(Map<String, Account> accounts, Map<String, Set<String>> groups) {
    }

    private KeptPeople now() {
        return new KeptPeople(Map.copyOf(accounts), groups.copy());
    }

    /** Takes the users and groups that are there now for those that a reset puts back. */
    public synchronized void keepAsTheyAre() {
        kept = now();
    }

    public synchronized boolean areChanged() {
        return !now().equals(kept);
    }

    public synchronized void putBack() {
        // Nobody who stays is gone for a moment, in which a request of theirs would be a stranger's.
        accounts.keySet().retainAll(kept.accounts().keySet());
        accounts.putAll(kept.accounts());
        verified.clear();
        file.save(accounts);
        groups.putBack(kept.groups());
    }

    /** Removes those who were added, and the groups that are not Confluence's own. */
    public synchronized void clear() {
        all().stream().filter(Account::added).forEach(account -> remove(account.name()));
        groups.all().stream().filter(name -> !Groups.isConfluencesOwn(name)).forEach(groups::remove);
    }

    private void keep(Account account) {
        accounts.put(account.name(), account);
        file.save(accounts);
    }

    private static String key(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString().replace("-", "");
    }
}
