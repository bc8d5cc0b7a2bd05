import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles the package in the working directory, runs every test of it and says how each went. Ends with 1 when one failed. */
public final class RunTests {
    /** @param arguments the folder for the classes; .sluice/classes unless it is said */
    public static void main(String[] arguments) throws Exception {
        Path classes = Path.of(arguments.length > 0 ? arguments[0] : ".sluice/classes");
        empty(classes);
        List<String> sources = sources();
        if (!compile(sources, classes)) System.exit(1);
        URL[] places = {classes.toUri().toURL(), Path.of(".").toUri().toURL()};
        int failed = 0;
        List<Method> tests = new ArrayList<>();
        try (URLClassLoader loader = new URLClassLoader(places)) {
            for (String source : sources)
                if (source.matches("(.*/)?\\w+Tests?\\.java")) tests.addAll(tests(loader, classes, source));
            tests.sort(Comparator.comparing(RunTests::name));
            for (Method test : tests) if (!run(test)) failed++;
        }
        System.out.println(tests.isEmpty() ? "no tests were found" : tests.size() + " tests, " + failed + " failed");
        System.exit(failed == 0 ? 0 : 1);
    }

    /** Everything but this file, and what lies in hidden folders. */
    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(""))) {
            return files.map(path -> path.toString().replace('\\', '/'))
                .filter(path -> path.endsWith(".java") && !path.matches("(.*/)?(\\..*|RunTests\\.java)"))
                .sorted()
                .toList();
        }
    }

    private static void empty(Path classes) throws IOException {
        if (Files.exists(classes)) {
            try (Stream<Path> old = Files.walk(classes)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
            }
        }
        Files.createDirectories(classes);
    }

    private static boolean compile(List<String> sources, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            System.out.println("there is a Java runtime here, but no compiler: a JDK is needed");
            return false;
        }
        List<String> options = new ArrayList<>(
            List.of("-proc:none", "-nowarn", "-g", "-encoding", "UTF-8", "-d", classes.toString())
        );
        options.addAll(sources);
        return compiler.run(null, System.out, System.out, options.toArray(String[]::new)) == 0;
    }

    /** The tests of all classes that a file was compiled to: its own name, with a $ behind it for those inside. */
    private static List<Method> tests(ClassLoader loader, Path classes, String source) throws Exception {
        String file = source.substring(source.lastIndexOf('/') + 1).replace(".java", "");
        List<Method> tests = new ArrayList<>();
        try (Stream<Path> compiled = Files.walk(classes)) {
            for (Path path : compiled.filter(p -> p.getFileName().toString().matches(file + "(\\$.*)?\\.class")).toList()) {
                String name = classes.relativize(path).toString().replace(path.getFileSystem().getSeparator(), ".");
                Class<?> type = Class.forName(name.substring(0, name.length() - 6), false, loader);
                Arrays.stream(type.getDeclaredMethods()).filter(RunTests::isTest).forEach(tests::add);
            }
        }
        return tests;
    }

    private static boolean isTest(Method method) {
        for (Annotation annotation : method.getAnnotations())
            if (annotation.annotationType().getName().equals("axiom.testing.Test")) return method.getParameterCount() == 0;
        return false;
    }

    private static String name(Method test) {
        return test.getDeclaringClass().getSimpleName() + "." + test.getName();
    }

    private static boolean run(Method test) throws Exception {
        Throwable thrown = null;
        try {
            test.setAccessible(true);
            Object instance = null;
            if (!Modifier.isStatic(test.getModifiers())) {
                var constructor = test.getDeclaringClass().getDeclaredConstructor();
                constructor.setAccessible(true);
                instance = constructor.newInstance();
            }
            test.invoke(instance);
        } catch (InvocationTargetException e) {
            thrown = e.getCause();
        }
        System.out.println(name(test) + " ... " + (thrown == null ? "ok" : "FAIL"));
        if (thrown != null) explain(thrown);
        return thrown == null;
    }

    /** What the test expected, and where; what lies behind is how it was called. */
    private static void explain(Throwable thrown) {
        System.out.println("    " + (thrown instanceof AssertionError ? thrown.getMessage() : thrown.toString()));
        for (StackTraceElement at : thrown.getStackTrace()) {
            if (at.getClassName().startsWith("jdk.internal.reflect.")) break;
            if (!at.getClassName().startsWith("axiom.testing.")) System.out.println("        at " + at);
        }
    }
}
