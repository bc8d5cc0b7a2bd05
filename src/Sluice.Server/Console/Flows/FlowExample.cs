using Sluice.Language;
using Sluice.Language.Flows;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Console.Flows;

/// <summary>What an empty editor begins with, and the name that a document bears.</summary>
internal static class FlowExample
{
    public static readonly Refusal NoName = CommonRefusals.InvalidInput.With([
        new Mistake(
            "flow_name",
            "the document begins with its name, handle/name, such as `name: acme/hello`",
            Where: "document"
        ),
    ]);

    public static string For(string handle) =>
        $"""
            name: {handle}/hello
            nodes:
              - alias: greet
                package: {handle}/greeter@0.1.0
                node: Greet
            edges:
              - from: "@flow_input"
                to: greet
              - from: greet
                to: "@flow_output"

            """;

    /// <summary>The name in a document, also where the rest of it has mistakes; null when it bears none.</summary>
    public static string? NameIn(string document)
    {
        if (FlowReader.Read(document, "flow.yaml") is { Ok: true } reading)
            return Named(reading.Value.Name);
        var line = document
            .Split('\n')
            .FirstOrDefault(each => each.StartsWith("name:", StringComparison.Ordinal));
        return line is null ? null : Named(line[5..].Trim().Trim('"', '\''));
    }

    private static string? Named(string text) =>
        text.Split('/') is [{ Length: > 0 }, { Length: > 0 }] ? text : null;
}
