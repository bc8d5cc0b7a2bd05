import gen.protobuf.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares the generated classes with the official ones, by reflection over messages that are read from standard input. */
public final class Differential {
    // What is left out of ours: descriptors, parsers of other sources, and what is deprecated.
    private static final String OTHERS =
        "(getDescriptor.*|(set|add|get|has|clear)(Repeated)?Field|clearOneof|internalGet.*|getUnknownFields|setUnknownFields|mergeUnknownFields|parser|getParserForType|parseDelimitedFrom"
            + "|newInstance|getMutable.*|getInitializationErrorString|getAllFields|mergeFrom|writeTo|parseFrom|newBuilderForType|clone|valueOf|getValueDescriptor)";

    public static void main(String[] arguments) throws Exception {
        surfaces(official.Theirs.class, gen.Messages.class);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        int count = 0;
        for (String line; (line = lines.readLine()) != null; count++) {
            String[] parts = line.split(" ");
            message(parts[0], Base64.getDecoder().decode(parts.length > 1 ? parts[1] : ""));
        }
        System.out.println(count + " messages");
    }

    // ---------------------------------------------------------------- what they have

    private static void surfaces(Class<?> theirs, Class<?> ours) {
        for (Class<?> inner : theirs.getDeclaredClasses()) {
            if (!java.lang.reflect.Modifier.isPublic(inner.getModifiers())) continue;
            Class<?> other = null;
            for (Class<?> candidate : ours.getDeclaredClasses()) if (candidate.getSimpleName().equals(inner.getSimpleName())) other = candidate;
            check(other != null, "there is " + inner.getName());
            Set<String> missing = surface(inner);
            missing.removeAll(all(other));
            check(missing.isEmpty(), inner.getName() + " has " + missing);
            if (inner.isEnum())
                check(
                    Arrays.toString(inner.getEnumConstants()).equals(Arrays.toString(other.getEnumConstants())),
                    inner + " has the same constants"
                );
            for (var field : inner.getFields()) {
                if (field.getType() != int.class || field.getDeclaringClass() != inner) continue;
                try {
                    check(field.getInt(null) == other.getField(field.getName()).getInt(null), field.getName());
                } catch (ReflectiveOperationException e) {
                    check(false, field + " is there");
                }
            }
            surfaces(inner, other);
        }
    }

    private static Set<String> surface(Class<?> type) {
        Set<String> methods = new TreeSet<>();
        for (Method method : type.getDeclaredMethods()) {
            boolean isOther = method.isBridge() || method.isSynthetic() || !java.lang.reflect.Modifier.isPublic(method.getModifiers())
                || method.getName().matches(OTHERS) || isOldMap(method);
            if (!isOther) methods.add(signature(method));
        }
        return methods;
    }

    private static Set<String> all(Class<?> type) {
        Set<String> methods = new TreeSet<>();
        for (Method method : type.getMethods()) methods.add(signature(method));
        // A builder's own methods return the builder also where a class above it is what declares them.
        if (type.getSimpleName().equals("Builder"))
            for (String name : List.of("build", "buildPartial", "getDefaultInstanceForType"))
                methods.add(type.getEnclosingClass().getName() + " " + name + "()");
        if (type.getSimpleName().equals("Builder")) methods.add(type.getName() + " clear()");
        return methods;
    }

    private static boolean isOldMap(Method method) {
        return method.getReturnType() == Map.class && !method.getName().endsWith("Map");
    }

    private static String signature(Method method) {
        List<String> parameters = new ArrayList<>();
        for (Class<?> parameter : method.getParameterTypes()) parameters.add(parameter.getName());
        String name = method.getReturnType().getName() + " " + method.getName() + "(" + String.join(", ", parameters) + ")";
        return name.replace("official.Theirs", "gen.Messages")
            .replace("com.google.protobuf.ProtocolStringList", "java.util.List")
            .replace("com.google.protobuf.", "gen.protobuf.");
    }

    // ---------------------------------------------------------------- what they hold

    private static void message(String name, byte[] bytes) throws Exception {
        com.google.protobuf.Message theirs = (com.google.protobuf.Message) parse("official.Theirs$" + name, bytes);
        Message ours = (Message) parse("gen.Messages$" + name, bytes);
        check(theirs != null && ours != null, name + " is read");
        same(name, theirs, ours);
        check(text(theirs).equals(ours.toString()), name + " is the same text:\n" + theirs + "\n" + ours);

        // What ours writes is theirs again.
        byte[] again = ours.toByteArray();
        check(again.length == bytes.length, name + " is as long");
        check(theirs.equals(parse("official.Theirs$" + name, again)), name + " is the same");
        check(ours.equals(parse("gen.Messages$" + name, again)) && ours.hashCode() == parse("gen.Messages$" + name, again).hashCode(), name + " is equal");

        // A message that is built from the values of another is that one.
        Message rebuilt = (Message) rebuild(ours);
        check(theirs.equals(parse("official.Theirs$" + name, rebuilt.toByteArray())), name + " is built anew");
        check(ours.toBuilder().clear().build().equals(ours.getDefaultInstanceForType()), name + " is cleared");
        check(Arrays.equals(again, ours.toByteArray()), name + " has not changed");
        merged(name, bytes, ours);
        cut(name, bytes);
    }

    /** Numbers of enums that have no name show as numbers in ours, as they do in C++. */
    private static String text(com.google.protobuf.Message theirs) {
        return theirs.toString().replaceAll("UNKNOWN_ENUM_VALUE_\\w+?_(-?\\d+)", "$1");
    }

    /** Any cut is read by both or by neither, and both keep what they do not know. */
    private static void cut(String name, byte[] bytes) throws Exception {
        for (int end = 0; end < bytes.length; end += 1 + bytes.length / 16) {
            byte[] part = Arrays.copyOf(bytes, end);
            check((parse("official.Theirs$" + name, part) == null) == (parse("gen.Messages$" + name, part) == null), name + " cut at " + end);
        }
        for (Class<?> other : official.Theirs.class.getClasses()) {
            if (!com.google.protobuf.Message.class.isAssignableFrom(other)) continue;
            Object theirs = parse(other.getName(), bytes);
            Object ours = parse("gen.Messages$" + other.getSimpleName(), bytes);
            check((theirs == null) == (ours == null), name + " read as " + other);
            if (theirs != null)
                check(theirs.equals(parse(other.getName(), ((Message) ours).toByteArray())), name + " kept by " + other);
        }
    }

    /** Two messages on end are one that is merged with itself. The official builder stumbles over enums that it does not know. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void merged(String name, byte[] bytes, Message ours) throws Exception {
        byte[] both = Arrays.copyOf(bytes, 2 * bytes.length);
        System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
        Message.Builder builder = ours.toBuilder();
        builder.mergeFrom(ours);
        check(parse("official.Theirs$" + name, both).equals(parse("official.Theirs$" + name, builder.build().toByteArray())), name + " is merged");
    }

    private static void same(String at, Object theirs, Object ours) throws Exception {
        if (theirs instanceof com.google.protobuf.Message) {
            check(theirs.getClass().getSimpleName().equals(ours.getClass().getSimpleName()), at + " is of the same type");
            getters(at, (com.google.protobuf.Message) theirs, ours);
        } else if (theirs instanceof List) {
            List<?> a = (List<?>) theirs;
            List<?> b = (List<?>) ours;
            check(a.size() == b.size(), at + " is as long");
            for (int i = 0; i < a.size(); i++) same(at + "[" + i + "]", a.get(i), b.get(i));
        } else if (theirs instanceof Map) {
            Map<?, ?> a = (Map<?, ?>) theirs;
            Map<?, ?> b = (Map<?, ?>) ours;
            check(a.keySet().equals(b.keySet()), at + " has the same keys");
            for (var entry : a.entrySet()) same(at + "[" + entry.getKey() + "]", entry.getValue(), b.get(entry.getKey()));
        } else if (theirs instanceof com.google.protobuf.ByteString) {
            check(Arrays.equals(((com.google.protobuf.ByteString) theirs).toByteArray(), ((gen.protobuf.ByteString) ours).toByteArray()), at);
        } else if (theirs instanceof Enum) {
            check(((Enum<?>) theirs).name().equals(((Enum<?>) ours).name()), at);
        } else {
            check(theirs.equals(ours), at + " is " + theirs + " and " + ours);
        }
    }

    private static void getters(String at, com.google.protobuf.Message theirs, Object ours) throws Exception {
        for (Method method : theirs.getClass().getDeclaredMethods()) {
            String name = method.getName();
            if (!name.matches("(get|has)[^a-z].*") || method.getParameterCount() > 0 || method.isBridge() || isOldMap(method)) continue;
            if (name.matches(OTHERS) || name.startsWith("getDefaultInstance") || name.contains("OrBuilder")) continue;
            // A message that is not there is the default one, whose own messages are not there without an end.
            if (com.google.protobuf.Message.class.isAssignableFrom(method.getReturnType())) {
                Object has = theirs.getClass().getMethod(name.replaceFirst("get", "has")).invoke(theirs);
                if (has.equals(false)) continue;
            }
            same(at + "." + name, method.invoke(theirs), ours.getClass().getMethod(name).invoke(ours));
        }
    }

    // ---------------------------------------------------------------- building

    /** The same values by way of every setter. Fields that nobody knows are taken over as bytes. */
    private static Object rebuild(Object message) throws Exception {
        if (message instanceof List) {
            List<Object> list = new ArrayList<>();
            for (Object item : (List<?>) message) list.add(rebuild(item));
            return list;
        }
        if (message instanceof Map) {
            Map<Object, Object> map = new TreeMap<>();
            for (var entry : ((Map<?, ?>) message).entrySet()) map.put(entry.getKey(), rebuild(entry.getValue()));
            return map;
        }
        if (!(message instanceof Message)) return message;
        Class<?> type = message.getClass();
        Object builder = type.getMethod("newBuilder").invoke(null);
        Class<?> building = builder.getClass();
        for (Method method : building.getDeclaredMethods()) {
            String name = method.getName();
            Class<?>[] takes = method.getParameterTypes();
            if (method.isBridge() || takes.length != 1 || Message.Builder.class.isAssignableFrom(takes[0])) continue;
            if (name.startsWith("addAll") && takes[0] == Iterable.class) {
                String bare = name.substring(6);
                // The values of an enum say less than their numbers, which are another list's.
                if (has(type, "get" + bare + "List") && !has(type, "get" + bare + "ValueList"))
                    method.invoke(builder, rebuild(get(message, "get" + bare + "List")));
            } else if (name.startsWith("putAll") && takes[0] == Map.class && !has(type, "get" + name.substring(6) + "ValueMap")) {
                method.invoke(builder, rebuild(get(message, "get" + name.substring(6) + "Map")));
            } else if (name.startsWith("set") && has(type, "get" + name.substring(3)) && !has(type, "get" + name.substring(3) + "Value")) {
                String bare = name.substring(3).replaceFirst("(Value|Bytes)$", "");
                boolean isThere = has(type, "has" + name.substring(3))
                    ? get(message, "has" + name.substring(3)).equals(true)
                    : !has(type, "has" + bare) || get(message, "has" + bare).equals(true);
                if (isThere) method.invoke(builder, rebuild(get(message, "get" + name.substring(3))));
            }
        }
        byte[] unknown = unknown((Message) message);
        if (unknown.length > 0) Message.Builder.class.getMethod("mergeFrom", byte[].class).invoke(builder, unknown);
        return building.getMethod("build").invoke(builder);
    }

    private static byte[] unknown(Message message) throws Exception {
        var field = Message.class.getDeclaredField("unknown");
        field.setAccessible(true);
        byte[] bytes = (byte[]) field.get(message);
        return bytes == null ? new byte[0] : bytes;
    }

    private static boolean has(Class<?> type, String method) {
        try {
            type.getMethod(method);
            return true;
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private static Object get(Object of, String method) throws Exception {
        return of.getClass().getMethod(method).invoke(of);
    }

    private static Object parse(String type, byte[] bytes) throws Exception {
        try {
            return Class.forName(type).getMethod("parseFrom", byte[].class).invoke(null, bytes);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IOException) return null;
            throw e;
        }
    }

    private static void check(boolean good, String what) {
        if (good) return;
        System.out.println(what);
        System.exit(1);
    }
}
