package org.migrationharness.standin.classfile;

import java.util.ArrayList;
import java.util.List;

/** A method's descriptor, taken apart. */
public final class Descriptor {
    private final List<String> parameters = new ArrayList<>();
    private final String result;

    public Descriptor(String text) {
        int at = 1;
        while (text.charAt(at) != ')') {
            int end = at;
            while (text.charAt(end) == '[') {
                end++;
            }
            end = text.charAt(end) == 'L' ? text.indexOf(';', end) + 1 : end + 1;
            parameters.add(text.substring(at, end));
            at = end;
        }
        result = text.substring(at + 1);
    }

    public List<String> parameters() {
        return parameters;
    }

    public String result() {
        return result;
    }

    /** How many local variables the parameters take. */
    public int slots() {
        return parameters.stream().mapToInt(each -> each.equals("J") || each.equals("D") ? 2 : 1).sum();
    }

    static String box(char kind) {
        return "java/lang/" + switch (kind) {
            case 'Z' -> "Boolean";
            case 'B' -> "Byte";
            case 'C' -> "Character";
            case 'S' -> "Short";
            case 'I' -> "Integer";
            case 'J' -> "Long";
            case 'F' -> "Float";
            default -> "Double";
        };
    }

    static String unboxing(char kind) {
        return switch (kind) {
            case 'Z' -> "booleanValue";
            case 'B' -> "byteValue";
            case 'C' -> "charValue";
            case 'S' -> "shortValue";
            case 'I' -> "intValue";
            case 'J' -> "longValue";
            case 'F' -> "floatValue";
            default -> "doubleValue";
        };
    }
}
