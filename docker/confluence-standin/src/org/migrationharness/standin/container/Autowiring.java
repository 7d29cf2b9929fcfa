package org.migrationharness.standin.container;

/** What a definition gets that neither it nor an annotation asks for, in the words of Spring's XML. */
enum Autowiring {
    NO,
    BY_NAME,
    BY_TYPE,
    CONSTRUCTOR,
    /** By the constructor, unless there is one without parameters: then by type. */
    AUTODETECT;

    /**
     * @param text the attribute {@code autowire}, which may be left out
     * @param usual what holds where it is
     */
    static Autowiring of(String text, Autowiring usual) {
        return switch (text) {
            case "byName" -> BY_NAME;
            case "byType" -> BY_TYPE;
            case "constructor" -> CONSTRUCTOR;
            case "autodetect" -> AUTODETECT;
            case "no" -> NO;
            default -> usual;
        };
    }
}
