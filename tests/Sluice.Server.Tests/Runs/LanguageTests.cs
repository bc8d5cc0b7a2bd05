using System.Text;
using Sluice.Language.Packages;

namespace Sluice.Server.Tests.Runs;

/// <summary>A package in each language, made with the templates, beside one in Python in the same flow.</summary>
public sealed class LanguageTests(Houses houses)
{
    private const string Proto = """

        message Note {
          string text = 1;
          int64 number = 2;
        }
        """;

    private const string TypeScript = """
        import type { AxiomContext } from "../gen/axiomContext";
        import { Note } from "../gen/messages_pb";

        /** Signs a note, as seed 004's Greet does. */
        export async function sign(ax: AxiomContext, input: Note): Promise<Note> {
            const [value, found] = ax.secrets.get("SIGNATURE");
            ax.log.info("signing", { found: found ? "yes" : "no" });
            return new Note().setText(input.getText() + (found ? value : "anonymous")).setNumber(input.getNumber() + 1n);
        }
        """;

    private const string Rust = """
        use std::collections::HashMap;
        use std::error::Error;

        use crate::axiom_context::AxiomContext;
        use crate::messages::Note;

        /// Signs a note, as seed 004's Greet does.
        pub fn sign(ax: &dyn AxiomContext, input: Note) -> Result<Note, Box<dyn Error>> {
            let (value, found) = ax.secrets().get("SIGNATURE");
            ax.log().info("signing", &HashMap::from([("found", if found { "yes" } else { "no" }.to_string())]));
            let by = if found { &value } else { "anonymous" };
            Ok(Note { text: input.text + by, number: input.number + 1, ..Default::default() })
        }

        #[cfg(test)]
        #[path = "sign_test.rs"]
        mod tests;
        """;

    private const string CSharp = """
        using Axiom;
        using Gen;

        namespace Nodes;

        public static class SignNode
        {
            /// <summary>Signs a note, as seed 004's Greet does.</summary>
            public static Note Sign(IAxiomContext ax, Note input)
            {
                var (value, found) = ax.Secrets().Get("SIGNATURE");
                ax.Log().Info("signing", new Dictionary<string, string> { ["found"] = found ? "yes" : "no" });
                return new Note { Text = input.Text + (found ? value : "anonymous"), Number = input.Number + 1 };
            }
        }
        """;

    private const string Java = """
        package nodes;

        import axiom.AxiomContext;
        import gen.Messages.Note;
        import java.util.Map;
        import java.util.Optional;

        public class Sign {
            /** Signs a note, as seed 004's Greet does. */
            public static Note sign(AxiomContext ax, Note input) {
                Optional<String> value = ax.secrets().get("SIGNATURE");
                ax.log().info("signing", Map.of("found", value.isPresent() ? "yes" : "no"));
                return input.toBuilder()
                    .setText(input.getText() + value.orElse("anonymous"))
                    .setNumber(input.getNumber() + 1)
                    .build();
            }
        }

        """;

    private const string Go = """
        package nodes

        import (
        	"context"

        	"{0}/signs/axiom"
        	"{0}/signs/gen"
        )

        // Sign signs a note, as seed 004's Greet does.
        func Sign(ctx context.Context, ax axiom.Context, input *gen.Note) (*gen.Note, error) {
        	value, found := ax.Secrets().Get("SIGNATURE")
        	said := "no"
        	if found {
        		said = "yes"
        	} else {
        		value = "anonymous"
        	}
        	ax.Log().Info("signing", "found", said)
        	return &gen.Note{Text: input.Text + value, Number: input.Number + 1}, nil
        }

        """;

    [Theory]
    [InlineData("csharp", "nodes/sign.cs", CSharp)]
    [InlineData("go", "nodes/sign.go", Go)]
    [InlineData("java", "nodes/Sign.java", Java)]
    [InlineData("typescript", "nodes/sign.ts", TypeScript)]
    [InlineData("rust", "nodes/sign.rs", Rust)]
    public async Task A_node_reads_a_secret_in_a_flow_that_began_in_Python(
        string language,
        string path,
        string handler
    )
    {
        var house = await houses.Sqlite;
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, new Dictionary<string, string> { ["Echo"] = "return input" });
        await Push(tenant, language, path, handler);
        await tenant.Put("/api/v1/secrets/SIGNATURE", """{"value":"the keeper"}""");
        var graph = await Workshop.Compile(
            tenant,
            "both",
            $$"""
            name: {{tenant.Handle}}/both
            version: 0.1.0
            nodes:
              - {alias: echo, package: {{tenant.Handle}}/works@0.1.0, node: Echo}
              - {alias: sign, package: {{tenant.Handle}}/signs@0.1.0, node: Sign}
            edges:
              - {from: "@flow_input", to: echo}
              - {from: echo, to: sign}
              - {from: sign, to: "@flow_output"}
            """
        );
        var answer = await Workshop.Invoke(tenant, graph, """{"text":"from ","number":41}""");
        Assert.Equal("succeeded", answer.GetProperty("status").GetString());
        Assert.Equal(
            """{"text":"from the keeper","number":"42"}""",
            answer.GetProperty("output").GetRawText()
        );
        var logs = await TestHouse.Json(
            await tenant.Get($"/api/v1/runs/{answer.GetProperty("execution_id").GetString()}/logs")
        );
        var line = Assert.Single(logs.GetProperty("data").EnumerateArray());
        Assert.Equal(
            ("sign", "signing", "yes"),
            (
                line.GetProperty("step").GetString(),
                line.GetProperty("text").GetString(),
                line.GetProperty("fields").GetProperty("found").GetString()
            )
        );
    }

    private static async Task Push(TestTenant tenant, string language, string path, string handler)
    {
        var source = new PackageSource(new Dictionary<string, byte[]>()).With(
            PackageTemplates.Init($"{tenant.Handle}/signs", language).Value!
        );
        source = source.With([
            new GeneratedFile(
                "messages/messages.proto",
                source.Text("messages/messages.proto") + Proto
            ),
        ]);
        var node = new NodeTemplate
        {
            Name = "Sign",
            Input = "Note",
            Output = "Note",
        };
        source = source
            .With(PackageTemplates.CreateNode(source, node).Value!)
            .With([new GeneratedFile(path, handler.Replace("{0}", tenant.Handle))]);
        var last = await Workshop.Push(tenant, PackageArchive.Write(source));
        Assert.True(last.GetProperty("success").GetBoolean(), last.ToString());
    }
}
