package org.migrationharness.standin.classfile;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads annotations (JVM specification 4.7.16). Both visible and invisible ones count, since types may lack. */
final class AnnotationReader {
    private final ConstantPool pool;

    AnnotationReader(ConstantPool pool) {
        this.pool = pool;
    }

    List<AnnotationUse> visible(Map<String, ByteBuffer> attributes) {
        List<AnnotationUse> found = new ArrayList<>();
        ByteBuffer at = attributes.get("RuntimeVisibleAnnotations");
        if (at != null) {
            found.addAll(annotations(at.duplicate()));
        }
        return found;
    }

    List<List<AnnotationUse>> ofParameters(Map<String, ByteBuffer> attributes) {
        ByteBuffer attribute = attributes.get("RuntimeVisibleParameterAnnotations");
        List<List<AnnotationUse>> found = new ArrayList<>();
        if (attribute != null) {
            ByteBuffer at = attribute.duplicate();
            for (int left = at.get(); left > 0; left--) {
                found.add(annotations(at));
            }
        }
        return found;
    }

    private List<AnnotationUse> annotations(ByteBuffer at) {
        List<AnnotationUse> found = new ArrayList<>();
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            found.add(annotation(at));
        }
        return found;
    }

    private AnnotationUse annotation(ByteBuffer at) {
        String type = pool.text(Short.toUnsignedInt(at.getShort()));
        Map<String, Object> values = new LinkedHashMap<>();
        for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
            String name = pool.text(Short.toUnsignedInt(at.getShort()));
            values.put(name, value(at));
        }
        return new AnnotationUse(dotted(type), values);
    }

    private Object value(ByteBuffer at) {
        int tag = at.get();
        switch (tag) {
            case 'e':
                at.getShort();
                return pool.text(Short.toUnsignedInt(at.getShort()));
            case 'c':
                return dotted(pool.text(Short.toUnsignedInt(at.getShort())));
            case '@':
                return annotation(at);
            case '[':
                List<Object> all = new ArrayList<>();
                for (int left = Short.toUnsignedInt(at.getShort()); left > 0; left--) {
                    all.add(value(at));
                }
                return all;
            case 's':
                return pool.text(Short.toUnsignedInt(at.getShort()));
            case 'Z':
                return pool.integer(Short.toUnsignedInt(at.getShort())) != 0;
            default:
                return "constant " + Short.toUnsignedInt(at.getShort());
        }
    }

    private static String dotted(String descriptor) {
        return descriptor.startsWith("L") ? descriptor.substring(1, descriptor.length() - 1).replace('/', '.') : descriptor;
    }
}
