namespace Sluice.Runner.Tests.Languages;

/// <summary>The pipeline nodes of the conformance package in Java.</summary>
internal static class StreamsInJava
{
    private static readonly Dictionary<string, string> s_bodies = new()
    {
        ["Mirror"] = "while (inputs.hasNext()) emit.accept(inputs.next());",
        ["First"] = "if (inputs.hasNext()) emit.accept(inputs.next());",
        ["Snap"] = "three(emit); throw new IllegalStateException(\"no more\");",
        ["Quit"] = "three(emit); System.exit(3);",
        ["Drain"] = "while (inputs.hasNext()) inputs.next();",
        ["Endless"] = "for (int i = 0; ; i++) emit.accept(text(\"\" + i));",
        ["Sign"] = """
            while (inputs.hasNext()) {
                String text = inputs.next().getText();
                ax.log().info("signing " + text);
                emit.accept(text(text + " " + ax.secrets().get("SIGNATURE").orElse("")));
            }
            """,
        ["Stall"] = "inputs.next(); while (true) {}",
    };

    public static IEnumerable<(string Path, string Text)> Files() =>
        StreamConformance.Nodes.Select(node =>
            (
                $"nodes/{node}.java",
                $$"""
                package nodes;

                import axiom.AxiomContext;
                import gen.Messages.Text;
                import java.util.Iterator;
                import java.util.function.Consumer;

                public class {{node}} {
                    public static void {{node.ToLowerInvariant()}}(AxiomContext ax, Iterator<Text> inputs, Consumer<Text> emit) {
                        {{s_bodies[node]}}
                    }

                    private static void three(Consumer<Text> emit) {
                        for (int i = 0; i < 3; i++) emit.accept(text("" + i));
                    }

                    private static Text text(String value) {
                        return Text.newBuilder().setText(value).build();
                    }
                }
                """
            )
        );
}
