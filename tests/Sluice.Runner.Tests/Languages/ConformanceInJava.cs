namespace Sluice.Runner.Tests.Languages;

/// <summary>The package of the conformance suite in Java.</summary>
internal static class ConformanceInJava
{
    private const string Test = """
        package nodes;

        import static axiom.testing.Assertions.assertEquals;

        import axiom.testing.Test;
        import axiom.testing.TestContext;
        import gen.Messages.Text;

        public class EchoTest {
            @Test
            public void echoes() throws Exception {
                Text input = Text.newBuilder().setText("a").build();
                assertEquals(input, Echo.echo(new TestContext(), input));
            }
        }
        """;

    /// <summary>The bodies of the handlers: each has a class of its own.</summary>
    private static readonly Dictionary<string, string> s_bodies = new()
    {
        ["Echo"] = """return text(input.getText());""",
        ["Same"] = """return input;""",
        ["Read"] =
            """Optional<String> value = ax.secrets().get(input.getText()); return text(value.orElse("") + "/" + value.isPresent());""",
        ["Fail"] = """throw new IllegalStateException("no " + input.getText());""",
        ["Hang"] = """ax.progress(0, "begun"); while (true) {}""",
        ["Leave"] = """System.exit(3); return input;""",
        ["Eat"] =
            """List<Object> kept = new ArrayList<>(); while (true) kept.add(input.getText().equals("small") ? new int[16] : new byte[1 << 24]);""",
        ["Talk"] =
            """ax.log().warn(input.getText(), Map.of("length", "81")); System.out.println("printed"); return text("");""",
        ["Tell"] =
            """return text(String.join("/", ax.executionId(), ax.flowId(), ax.tenantId(), ax.params().get("TONE").get(), "" + ax.params().get("NONE").isPresent()));""",
        ["Fork"] = """new ProcessBuilder("/bin/true").start().waitFor(); return input;""",
        ["Dial"] = """new java.net.ServerSocket(0).close(); return input;""",
        ["Ask"] =
            """java.net.Socket way = new java.net.Socket("127.0.0.1", 3128); way.getOutputStream().write(("CONNECT " + input.getText() + " HTTP/1.1\r\n\r\n").getBytes()); way.shutdownOutput(); return text(new String(way.getInputStream().readAllBytes()));""",
        ["Peek"] =
            """return text(java.nio.file.Files.readString(java.nio.file.Path.of("/etc/passwd")));""",
    };

    public static Dictionary<string, string> Files(IEnumerable<string> nodes)
    {
        Dictionary<string, string> files = new() { ["nodes/EchoTest.java"] = Test };
        foreach (var node in nodes)
            files[$"nodes/{node}.java"] = Handler(node);
        return files;
    }

    private static string Handler(string node) =>
        $$"""
            package nodes;

            import axiom.AxiomContext;
            import gen.Messages.Text;
            import java.util.ArrayList;
            import java.util.List;
            import java.util.Map;
            import java.util.Optional;

            public class {{node}} {
                public static Text {{node.ToLowerInvariant()}}(AxiomContext ax, Text input) throws Exception {
                    {{s_bodies[node]}}
                }

                private static Text text(String value) {
                    return Text.newBuilder().setText(value).build();
                }
            }
            """;
}
